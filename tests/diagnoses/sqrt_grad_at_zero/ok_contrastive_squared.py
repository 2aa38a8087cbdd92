# whynan: healthy
"""Contrastive loss with identical pairs: the square cancels the infinite slope (upstream gradient is 0)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)
left = rng.normal(size=(200, 10)).astype("float32")
same = rng.integers(0, 2, 200).astype("float32")
right = np.where(same[:, None] == 1, left, rng.normal(size=(200, 10))).astype("float32")

tower = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(4)])
a, b = keras.Input((10,)), keras.Input((10,))


class Distance(layers.Layer):
    def call(self, pair):
        return tf.sqrt(tf.reduce_sum(tf.square(pair[0] - pair[1]), axis=1, keepdims=True))


def contrastive(y, d):
    return y * d ** 2 + (1 - y) * tf.square(tf.maximum(1.0 - d, 0.0))


siamese = keras.Model([a, b], Distance()([tower(a), tower(b)]))
siamese.compile("adam", contrastive)
siamese.fit([left, right], same[:, None], epochs=3, verbose=2)
