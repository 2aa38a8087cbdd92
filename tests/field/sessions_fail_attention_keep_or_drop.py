"""Will a shop session end in an order? Item ids padded with zeros to 24, attention pooling over the clicks. Ported from a
colleague's other framework. The loss is nan at once, although every session has at least three clicks."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

MAX_CLICKS = 24
ITEMS = 200


def click_sessions(n=1000, seed=13):
    rng = np.random.default_rng(seed)
    lengths = np.minimum(rng.geometric(0.08, n) + 2, MAX_CLICKS)
    ids = np.zeros((n, MAX_CLICKS), dtype="int32")
    order = np.zeros((n, 1), dtype="float32")
    for row, length in enumerate(lengths):
        keen = rng.random() < 0.4
        low, high = (1, 80) if keen else (40, ITEMS)
        ids[row, :length] = rng.integers(low, high, length)
        order[row] = float(keen)
    return ids, order


class AttentionPool(layers.Layer):
    """Weighted mean over the clicks; the padding must get no weight."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.project = layers.Dense(units, activation="tanh")
        self.score = layers.Dense(1, use_bias=False)

    def call(self, clicks, keep):
        scores = tf.squeeze(self.score(self.project(clicks)), axis=-1)
        weights = tf.nn.softmax(tf.where(keep, float("-inf"), scores), axis=-1)  # whynan: softmax_all_masked phase=forward
        return tf.einsum("bt,btd->bd", weights, clicks)


def build():
    ids = keras.Input((MAX_CLICKS,), dtype="int32", name="items")
    clicks = layers.Embedding(ITEMS, 16)(ids)
    keep = ops.not_equal(ids, 0)
    pooled = AttentionPool(24, name="pool")(clicks, keep)
    h = layers.Dense(16, activation="tanh")(pooled)
    return keras.Model(ids, layers.Dense(1)(h))


def main():
    keras.utils.set_random_seed(13)
    ids, order = click_sessions()
    model = build()
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    history = model.fit(ids, order, batch_size=64, epochs=5, verbose=0)
    print("loss", history.history["loss"])


if __name__ == "__main__":
    main()
