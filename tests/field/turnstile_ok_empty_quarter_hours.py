"""Queue length in a metro station per quarter of an hour, from the single passages of the turnstiles.

At night most quarters have no passage at all and the segment maximum returns -3.4e38 there.  When I dump gradients
with a debugger there are even NaN inside the backward pass of the pooling.  The losses that I print look normal.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(40)
QUARTERS, DAYS_PER_BATCH, GATES = 32, 8, 12
SLOTS = QUARTERS * DAYS_PER_BATCH


def passages(rng):
    """One batch of days as a flat table of passages and the queue that the camera counted."""
    rush = 1.0 + 9.0 * np.exp(-0.5 * ((np.arange(QUARTERS) - 14) / 4.0) ** 2)
    rush[:6] = 0.25
    count = rng.poisson(np.tile(rush, DAYS_PER_BATCH) * rng.uniform(0.7, 1.3))
    slot = np.repeat(np.arange(SLOTS), count)
    gate = rng.integers(0, GATES, slot.size)
    seconds = rng.gamma(2.0, 1.5, slot.size) + np.where(gate < 2, 4.0, 0.0)      # two old gates are slow
    card = rng.random(slot.size) < 0.7
    slowest = np.zeros(SLOTS)
    np.maximum.at(slowest, slot, seconds)
    pressure = (0.1 * slowest + 0.08 * count).reshape(DAYS_PER_BATCH, QUARTERS)
    before = np.pad(pressure, ((0, 0), (1, 0)))[:, :-1]
    return {
        "gate": gate.astype("int32"),
        "attributes": np.stack([seconds / 5.0, card], axis=1).astype("float32"),
        "slot": slot.astype("int32"),
        "queue": (0.7 * pressure + 0.3 * before).astype("float32"),
    }


class StationModel(tf.Module):
    def __init__(self):
        super().__init__()
        self.gate = keras.layers.Embedding(GATES, 4)
        self.passage = keras.layers.Dense(16, activation="relu")
        self.over_time = keras.layers.Conv1D(24, 4, padding="causal", activation="relu")
        self.head = keras.layers.Dense(1)

    @property
    def weights(self):
        return [w for part in (self.gate, self.passage, self.over_time, self.head) for w in part.trainable_weights]

    def __call__(self, batch):
        each = self.passage(tf.concat([self.gate(batch["gate"]), batch["attributes"]], axis=1))
        slowest = tf.math.unsorted_segment_max(each, batch["slot"], num_segments=SLOTS)
        people = tf.math.unsorted_segment_sum(tf.ones_like(each[:, 0]), batch["slot"], num_segments=SLOTS)
        slowest = tf.where(people[:, None] > 0.0, slowest, tf.zeros_like(slowest))
        grid = tf.concat([slowest, tf.math.log1p(people)[:, None]], axis=1)
        grid = tf.reshape(grid, [DAYS_PER_BATCH, QUARTERS, 17])
        return self.head(self.over_time(grid))[..., 0]


SIGNATURE = {
    "gate": tf.TensorSpec([None], tf.int32),
    "attributes": tf.TensorSpec([None, 2], tf.float32),
    "slot": tf.TensorSpec([None], tf.int32),
    "queue": tf.TensorSpec([DAYS_PER_BATCH, QUARTERS], tf.float32),
}


def main():
    rng = np.random.default_rng(3)
    archive = [passages(rng) for _ in range(20)]
    stream = tf.data.Dataset.from_generator(lambda: iter(archive), output_signature=SIGNATURE).prefetch(1)
    model = StationModel()
    model(next(iter(stream)))
    optimizer = keras.optimizers.AdamW(3e-3, weight_decay=1e-4)
    optimizer.build(model.weights)

    @tf.function(input_signature=[SIGNATURE])
    def step(batch):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean(tf.math.squared_difference(model(batch), batch["queue"]))
        optimizer.apply_gradients(zip(tape.gradient(error, model.weights), model.weights))
        return error

    for epoch in range(8):
        errors = [float(step(batch)) for batch in stream]
        empty = sum(SLOTS - np.unique(b["slot"]).size for b in archive)
        print(f"epoch {epoch}: mse {np.mean(errors):.4f} ({empty} quarters without a passage)")


if __name__ == "__main__":
    main()
