# whynan: healthy
"""Bilinear pooling with signed square root; sign(0) stops the infinite derivative."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)
maps = rng.normal(size=(160, 9, 6)).astype("float32")
kind = rng.integers(0, 3, 160)
maps[:, :, 0] += kind[:, None]


class Bilinear(keras.layers.Layer):
    def call(self, f):
        g = tf.matmul(f, f, transpose_a=True) / 9.0
        g = tf.reshape(g, (-1, 36))
        return tf.sign(g) * tf.sqrt(tf.abs(g))


net = keras.Sequential([keras.Input((9, 6)), keras.layers.Dense(6, activation="relu"), Bilinear(),
                        keras.layers.Dense(3, activation="softmax")])
net.compile("adam", "sparse_categorical_crossentropy")
net.fit(maps, kind, epochs=4, verbose=2)
