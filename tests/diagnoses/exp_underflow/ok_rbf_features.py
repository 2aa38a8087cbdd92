# whynan: healthy
"""Radial basis features that are exactly zero far away: nothing divides by them."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(64)
rng = np.random.default_rng(64)
sensor = rng.normal(size=(300, 5)).astype("float32")
sensor[::25] *= 100.0
quality = np.tanh(sensor[:, :1])


class RBF(keras.layers.Layer):
    def build(self, shape):
        self.centres = self.add_weight(shape=(20, shape[-1]), initializer="random_normal")

    def call(self, x):
        return tf.exp(-tf.reduce_sum((x[:, None] - self.centres) ** 2, -1) / 2.0)


m = keras.Sequential([keras.Input((5,)), RBF(), keras.layers.Dense(1)])
m.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
m.fit(sensor, quality, epochs=3, batch_size=60, verbose=2)
