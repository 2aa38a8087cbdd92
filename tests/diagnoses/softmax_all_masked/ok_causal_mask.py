# whynan: healthy
"""Causal self attention with -inf above the diagonal: every row keeps at least itself."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
series = np.cumsum(rng.normal(size=(120, 12, 1)), axis=1).astype("float32")


class CausalAttention(layers.Layer):
    def build(self, shape):
        self.q, self.k, self.v = layers.Dense(8), layers.Dense(8), layers.Dense(8)

    def call(self, x):
        t = x.shape[1]
        s = tf.matmul(self.q(x), self.k(x), transpose_b=True) / 8 ** 0.5
        mask = tf.where(tf.linalg.band_part(tf.ones((t, t)), -1, 0) > 0, 0.0, float("-inf"))
        return tf.matmul(tf.nn.softmax(s + mask), self.v(x))


net = keras.Sequential([keras.Input((12, 1)), CausalAttention(), layers.Dense(1)])
net.compile("adam", "mse")
net.fit(series[:, :, :], np.roll(series, -1, axis=1), epochs=3, verbose=2)
