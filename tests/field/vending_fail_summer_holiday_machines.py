"""Will a drinks machine need a mechanic next week?  From its last weeks of daily vends and takings.

The machines have histories of different length, so short ones are padded and the padding is masked.  The winter export
trains without trouble.  With the export of July the loss is nan in the first epoch.  No gaps, no strange numbers in the
file, I looked at every column.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers


class July:
    """Daily figures of the machines, as they come out of the telemetry."""

    PLACES = {"station": 90.0, "office": 35.0, "hospital": 60.0, "school": 45.0}

    def __init__(self, machines=320, seed=2):
        rng = np.random.default_rng(seed)
        self.histories = []
        for _ in range(machines):
            place = rng.choice(list(self.PLACES), p=[0.35, 0.35, 0.22, 0.08])
            days = int(rng.integers(18, 36))
            wear = rng.uniform(0.0, 1.0)
            expected = np.full(days, self.PLACES[place]) * rng.uniform(0.6, 1.4)
            if place == "office":
                expected[np.arange(days) % 7 >= 5] = 0.0
            if place == "school":
                expected[:] = 0.0
            vends = rng.poisson(expected).astype("float32")
            takings = vends * np.float32(rng.uniform(1.2, 2.1))
            takings *= 1.0 - 0.3 * wear * rng.random(days).astype("float32")
            breaks = rng.random() < 0.15 + 0.6 * wear
            self.histories.append((np.stack([vends, takings], axis=1), float(breaks)))

    def __call__(self):
        # divided by round numbers only: a day without sales stays a zero
        for figures, breaks in self.histories:
            yield (figures / np.array([100.0, 200.0])).astype("float32"), np.array([breaks], "float32")


def batches(export, size):
    signature = (
        tf.TensorSpec((None, 2), tf.float32),
        tf.TensorSpec((1,), tf.float32),
    )
    rows = tf.data.Dataset.from_generator(export, output_signature=signature)
    rows = rows.shuffle(400, seed=2)
    return rows.padded_batch(size, padded_shapes=([None, 2], [1])).prefetch(2)


def mechanic():
    return keras.Sequential(
        [
            keras.Input((None, 2), name="days"),
            layers.Masking(mask_value=0.0),
            layers.GRU(16, return_sequences=True),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, name="breaks"),
        ],
        name="mechanic",
    )


def check(export):
    for figures, _ in export():
        assert np.isfinite(figures).all() and len(figures) > 0


def main():
    keras.utils.set_random_seed(2)
    export = July()
    check(export)
    model = mechanic()
    model.compile(
        optimizer=keras.optimizers.RMSprop(1e-3, clipnorm=1.0),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
    )
    model.fit(batches(export, 24), epochs=3, verbose=2)  # whynan: empty_reduction phase=forward also=divide_by_zero,zero_weight_sum


main()
