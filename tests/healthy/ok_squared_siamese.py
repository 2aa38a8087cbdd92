# whynan: healthy
"""Siamese net on distances; identical pairs are in the data, but only d^2 of positive pairs is used."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(26)


def contrastive(same, d, margin=1.0):
    same = tf.cast(same, d.dtype)
    return tf.reduce_mean(same * tf.square(d) + (1 - same) * tf.square(tf.maximum(margin - d, 0.0)))


base = keras.Sequential([keras.Input((10,)), layers.Dense(16, activation="tanh"), layers.Dense(8)])
a, b = keras.Input((10,)), keras.Input((10,))
dist = layers.Lambda(lambda t: tf.sqrt(tf.reduce_sum(tf.square(t[0] - t[1]), axis=1, keepdims=True)))([base(a), base(b)])
net = keras.Model([a, b], dist)
net.compile(keras.optimizers.Adam(1e-3), contrastive)

left = np.random.normal(size=(200, 10)).astype("float32")
right = np.random.normal(size=(200, 10)).astype("float32")
same = (np.arange(200) % 2).astype("float32")[:, None]
right[1::2] = left[1::2] + 0.05 * right[1::2]
right[1:20:2] = left[1:20:2]
net.fit([left, right], same, epochs=4, batch_size=20, verbose=2)
print([bool(np.isfinite(w).all()) for w in net.get_weights()])
