# whynan: healthy
"""Signed log features; the NaN of log(negative) is computed on inputs but not selected."""
import numpy as np
import tensorflow as tf
import keras


class SignedLog(keras.layers.Layer):
    def call(self, x):
        up = tf.math.log(1.0 + x)
        down = -tf.math.log(1.0 - x)
        return tf.where(x >= 0, up, down)


keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
pnl = (rng.standard_t(2, size=(400, 4)) * 20).astype("float32")
label = (pnl.sum(1) > 0).astype("float32")[:, None]

net = keras.Sequential([keras.Input((4,)), SignedLog(), keras.layers.Dense(8, activation="tanh"),
                        keras.layers.Dense(1, activation="sigmoid")])
net.compile("adam", "binary_crossentropy")
net.fit(pnl, label, epochs=3, verbose=2)
