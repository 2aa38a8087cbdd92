# whynan: healthy
"""Masked average of embeddings with the count floored at one."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)
X = rng.integers(0, 60, (220, 10))
X[::11] = 0
y = (X == 5).any(1).astype("float32")[:, None]


class MaskedMean(layers.Layer):
    def call(self, e, ids):
        m = tf.cast(ids > 0, tf.float32)[..., None]
        return tf.reduce_sum(e * m, 1) / tf.maximum(tf.reduce_sum(m, 1), 1.0)


ids = keras.Input((10,), dtype="int32")
h = MaskedMean()(layers.Embedding(60, 8)(ids), ids)
net = keras.Model(ids, layers.Dense(1, activation="sigmoid")(h))
net.compile("adam", "binary_crossentropy")
net.fit(X, y, batch_size=22, epochs=3, verbose=2)
