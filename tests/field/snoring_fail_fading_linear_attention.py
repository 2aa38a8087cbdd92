"""Apnoea or not, from half-night recordings of six channels, with linear attention that forgets with distance.

The recordings come in buckets of equal length. It trains well on the short ones; at some point in the first epoch the
loss turns nan and stays there. Lower rates and gradient clipping only change the numbers before it.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

CHANNELS = 6
BUCKETS = {240: 10, 480: 10, 640: 8, 960: 4}  # length in samples -> number of batches
CONFIG = {"width": 16, "ratio": 0.9, "eps": 1e-6, "rate": 2e-3, "batch": 8}


class FadingAttention(layers.Layer):
    """Causal linear attention; position i sees position j with weight ratio ** (i - j)."""

    def __init__(self, width, ratio, eps):
        super().__init__()
        self.query = layers.Dense(width)
        self.key = layers.Dense(width)
        self.value = layers.Dense(width)
        self.ratio = ratio
        self.eps = eps

    def build(self, shape):
        for part in (self.query, self.key, self.value):
            part.build(shape)

    def call(self, x):
        q = tf.nn.elu(self.query(x)) + 1.0
        k = tf.nn.elu(self.key(x)) + 1.0
        v = self.value(x)
        place = tf.cast(tf.range(tf.shape(x)[1]), tf.float32)[:, None]
        # ratio ** (i - j) split into a factor of the query and a factor of the key
        q = q * tf.pow(self.ratio, place)
        k = k * tf.pow(1.0 / self.ratio, place)  # whynan: exp_overflow phase=forward
        memory = tf.cumsum(tf.einsum("bld,blm->bldm", k, v), axis=1)
        weight = tf.einsum("bld,bld->bl", q, tf.cumsum(k, axis=1)) + self.eps
        return tf.einsum("bld,bldm->blm", q, memory) / weight[..., None]


class ApnoeaNet(keras.Model):
    def __init__(self, width, ratio, eps):
        super().__init__()
        self.stem = layers.Dense(width, activation="tanh")
        self.attention = FadingAttention(width, ratio, eps)
        self.norm = layers.LayerNormalization()
        self.pool = layers.GlobalAveragePooling1D()
        self.head = layers.Dense(1)

    def call(self, x, training=False):
        h = self.stem(x)
        h = self.norm(h + self.attention(h))
        return self.head(self.pool(h))


def nights(rng):
    order = rng.permutation(np.repeat(list(BUCKETS), list(BUCKETS.values())))
    for length in order:
        label = rng.integers(0, 2, (CONFIG["batch"], 1))
        t = np.arange(length)[None, :, None]
        breath = np.sin(2 * np.pi * t / 16.0 + rng.uniform(0, 6.28, (CONFIG["batch"], 1, CHANNELS)))
        pauses = 1.0 - 0.9 * (np.sin(2 * np.pi * t / 120.0) > 0.5) * label[:, :, None]
        signal = breath * pauses + rng.normal(0, 0.2, (CONFIG["batch"], length, CHANNELS))
        yield signal.astype("float32"), label.astype("float32")


def main():
    keras.utils.set_random_seed(12)
    data = tf.data.Dataset.from_generator(
        lambda: nights(np.random.default_rng(12)),
        output_signature=(tf.TensorSpec((None, None, CHANNELS), tf.float32), tf.TensorSpec((None, 1), tf.float32)))
    model = ApnoeaNet(CONFIG["width"], CONFIG["ratio"], CONFIG["eps"])
    model(tf.zeros((1, 32, CHANNELS)))
    model.compile(optimizer=keras.optimizers.Adam(CONFIG["rate"], clipnorm=1.0),
                  loss=keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(data, epochs=2, verbose=2)


main()
