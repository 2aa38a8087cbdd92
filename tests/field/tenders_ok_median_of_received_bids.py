"""Final cost of a public building project from the bids that came in (one to nine per tender).

The median over the bids is taken inside the network. When I printed the sorted tensor it was full of inf, in the
middle of the forward pass. The loss looks fine, but I do not trust it any more.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

SLOTS = 9
FEATURES = 4


def tender_stream(n, seed):
    """Yields ((bids, number of bids), cost overrun) like our export from the procurement portal."""
    rng = np.random.default_rng(seed)
    for _ in range(n):
        count = int(rng.integers(1, SLOTS + 1))
        level = rng.normal()
        price = level + rng.normal(0, 0.35, count)
        daring = rng.random(count) < 0.12
        price = np.where(daring, price + rng.choice([-4.0, 4.0], count), price)
        distance = np.abs(rng.normal(0, 1.0, count))
        staff = rng.normal(size=count)
        earlier = rng.poisson(1.5, count) / 2.0
        bids = np.stack([price, distance, staff, earlier], axis=1).astype("float32")
        overrun = 0.9 * np.median(price) + 0.4 * np.median(distance) - 0.2 * np.median(earlier)
        yield (bids, np.int32(count)), np.array([overrun + rng.normal(0, 0.1)], "float32")


def load(n, seed, batch=32, shuffle=False):
    data = tf.data.Dataset.from_generator(
        lambda: tender_stream(n, seed),
        output_signature=(
            (tf.TensorSpec((None, FEATURES), tf.float32), tf.TensorSpec((), tf.int32)),
            tf.TensorSpec((1,), tf.float32),
        ),
    ).cache()
    if shuffle:
        data = data.shuffle(n, seed=seed)
    return data.padded_batch(batch, padded_shapes=(((SLOTS, FEATURES), ()), (1,))).prefetch(1)


class MedianOverBids(layers.Layer):
    """Median per unit over the first `count` rows; empty slots sort to the end."""

    def call(self, values, count):
        present = tf.sequence_mask(count, SLOTS)[:, :, tf.newaxis]
        filled = tf.where(present, values, tf.constant(np.inf, values.dtype))
        ordered = tf.sort(filled, axis=1)
        lower = tf.gather(ordered, (count - 1) // 2, axis=1, batch_dims=1)
        upper = tf.gather(ordered, count // 2, axis=1, batch_dims=1)
        return 0.5 * (lower + upper)


class TenderNet(keras.Model):
    def __init__(self, units=12, **kwargs):
        super().__init__(**kwargs)
        self.look = layers.Dense(24, activation="relu")
        self.opinion = layers.Dense(units)
        self.median = MedianOverBids()
        self.weigh = layers.Dense(16, activation="relu")
        self.out = layers.Dense(1)

    def call(self, inputs):
        bids, count = inputs
        opinion = self.opinion(self.look(bids))
        middle = self.median(opinion, count)
        return self.out(self.weigh(middle))


def main():
    keras.utils.set_random_seed(404)
    train = load(1200, seed=1, shuffle=True)
    check = load(300, seed=2)

    model = TenderNet()
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss="mse",
        metrics=[keras.metrics.MeanAbsoluteError(name="mae")],
        jit_compile=False,
    )
    history = model.fit(train, validation_data=check, epochs=12, verbose=2)  # whynan: healthy
    print("from", history.history["loss"][0], "to", history.history["loss"][-1])

    (bids, count), _ = next(iter(check))
    sheet = model.opinion(model.look(bids))
    present = tf.sequence_mask(count, SLOTS)[:, :, tf.newaxis]
    print("sorted opinions of the first tender", tf.sort(tf.where(present, sheet, np.inf), axis=1)[0, :, 0].numpy())


if __name__ == "__main__":
    main()
