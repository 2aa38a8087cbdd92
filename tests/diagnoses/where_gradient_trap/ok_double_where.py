# whynan: healthy
"""Zeros stay zeros on a log scale, with the argument made safe before the log."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(66)
rng = np.random.default_rng(66)
x = rng.normal(size=(300, 12)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype("float32").reshape(-1, 1)


class SafeLog(keras.layers.Layer):
    def call(self, h):
        positive = h > 1e-3
        inner = tf.where(positive, h, tf.ones_like(h))
        return tf.where(positive, tf.math.log(inner), tf.zeros_like(h))


clf = keras.Sequential([keras.Input((12,)), keras.layers.Dense(24, activation="relu"), SafeLog(),
                        keras.layers.Dense(1, activation="sigmoid")])
clf.compile(optimizer="adam", loss="binary_crossentropy")
clf.fit(x, y, epochs=3, batch_size=50, verbose=2)
