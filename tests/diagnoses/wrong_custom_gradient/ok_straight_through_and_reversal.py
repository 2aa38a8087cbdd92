# whynan: healthy
"""Straight-through rounding and gradient reversal: gradients that are meant to differ from the derivative."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(16)
rng = np.random.default_rng(16)
x = rng.normal(size=(240, 8)).astype("float32")
y = (x[:, :1] > 0).astype("float32")
domain = (x[:, 1:2] > 0).astype("float32")


@tf.custom_gradient
def ste_round(v):
    return tf.round(v * 8) / 8, lambda dy: dy


@tf.custom_gradient
def reverse(v):
    return tf.identity(v), lambda dy: -0.1 * dy


class Quantise(keras.layers.Layer):
    def call(self, v):
        return ste_round(v)


class Reverse(keras.layers.Layer):
    def call(self, v):
        return reverse(v)


i = keras.Input((8,))
f = Quantise()(keras.layers.Dense(12, activation="tanh")(i))
task = keras.layers.Dense(1, activation="sigmoid", name="task")(f)
dom = keras.layers.Dense(1, activation="sigmoid", name="domain")(Reverse()(f))
net = keras.Model(i, {"task": task, "domain": dom})
net.compile("adam", loss={"task": "binary_crossentropy", "domain": "binary_crossentropy"})
net.fit(x, {"task": y, "domain": domain}, epochs=3, batch_size=40, verbose=2)
