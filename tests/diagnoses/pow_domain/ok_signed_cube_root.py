# whynan: healthy
"""Cube root of signed values by sign and modulus, and an integer-valued exponent over negative values."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(52)
rng = np.random.default_rng(52)
moment = (rng.standard_t(3, size=(240, 4)) * 50).astype("float32")
target = np.cbrt(moment).sum(1, keepdims=True).astype("float32")


class CubeRoot(keras.layers.Layer):
    def call(self, x):
        return tf.sign(x) * tf.pow(tf.abs(x) + 1e-6, 1.0 / 3.0)


class Skew(keras.layers.Layer):
    def call(self, x):
        return tf.concat([x, tf.pow(x / 4.0, 3.0)], axis=-1)


net = keras.Sequential([keras.Input((4,)), CubeRoot(), keras.layers.Dense(8, activation="tanh"), Skew(), keras.layers.Dense(1)])
net.compile("adam", "mse")
net.fit(moment, target, epochs=3, verbose=2)
