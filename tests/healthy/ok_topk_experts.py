# whynan: healthy
"""Mixture of experts with top-2 gating: all other gates are set to -inf before the softmax."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(15)


class TopK(layers.Layer):
    def __init__(self, experts, k, units):
        super().__init__()
        self.k = k
        self.gate = layers.Dense(experts)
        self.experts = [layers.Dense(units, activation="relu") for _ in range(experts)]

    def call(self, x):
        g = self.gate(x)
        kth = tf.math.top_k(g, k=self.k).values[:, -1:]
        g = tf.nn.softmax(tf.where(g >= kth, g, -np.inf))
        out = tf.stack([e(x) for e in self.experts], axis=1)
        return tf.reduce_sum(g[:, :, None] * out, axis=1)


x = np.random.normal(size=(256, 6)).astype("float32")
y = np.where(x[:, :1] > 0, x[:, 1:2], -2 * x[:, 2:3]).astype("float32")
inp = keras.Input((6,))
model = keras.Model(inp, layers.Dense(1)(TopK(5, 2, 8)(inp)))
model.compile(keras.optimizers.Adam(5e-3), "mse")
model.fit(x, y, epochs=4, batch_size=32, verbose=2)
