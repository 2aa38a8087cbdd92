# whynan: healthy
"""Structure tensor described by trace and determinant: smooth at equal eigenvalues."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(27)
rng = np.random.default_rng(27)
yy, xx = np.mgrid[:12, :12] / 12.0
angle = rng.uniform(0, np.pi, 100)
stripes = np.sin(20 * (np.cos(angle)[:, None, None] * xx + np.sin(angle)[:, None, None] * yy))[..., None].astype("float32")
stripes[::16] = 0.25


class Invariants(layers.Layer):
    def call(self, g):
        a = tf.reduce_mean(g[..., 0] ** 2, axis=[1, 2])
        b = tf.reduce_mean(g[..., 0] * g[..., 1], axis=[1, 2])
        c = tf.reduce_mean(g[..., 1] ** 2, axis=[1, 2])
        return tf.stack([a + c, a * c - b * b, tf.sqrt(((a - c) / 2) ** 2 + b ** 2 + 1e-8)], axis=-1)


net = keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(2, 3, use_bias=False), Invariants(), layers.Dense(1)])
net.compile(keras.optimizers.Adam(1e-2), "mse")
net.fit(stripes, np.abs(np.cos(angle)).astype("float32")[:, None], batch_size=20, epochs=3, verbose=2)
