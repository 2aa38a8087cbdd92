"""Attention pooling over padded tokens."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(50)
rng = np.random.default_rng(50)
N, T, V = 240, 9, 40
tokens = np.zeros((N, T), "int32")
for row in tokens:
    n = rng.integers(1, T + 1)
    row[:n] = rng.integers(1, V, n)
tokens[14] = 0               # an empty message
spam = (tokens == 7).any(1).astype("float32")[:, None]


class AttentionPool(layers.Layer):
    def build(self, shape):
        self.score = layers.Dense(1)

    def call(self, h, pad):
        s = tf.squeeze(self.score(h), -1)
        s = tf.where(pad, tf.fill(tf.shape(s), float("-inf")), s)
        a = tf.nn.softmax(s, axis=-1)  # whynan: softmax_all_masked phase=forward rows=14
        return tf.einsum("bt,btd->bd", a, h)


class SpamNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.emb = layers.Embedding(V, 12)
        self.pool = AttentionPool()
        self.out = layers.Dense(1, activation="sigmoid")

    def call(self, ids):
        return self.out(self.pool(self.emb(ids), tf.equal(ids, 0)))


net = SpamNet()
net.compile("adam", "binary_crossentropy")
net.fit(tokens, spam, batch_size=40, epochs=2, shuffle=False, verbose=2)
