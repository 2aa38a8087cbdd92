# whynan: healthy
"""Next-character model; the future is hidden with -inf."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(1)
T = 12


class CausalAttention(layers.Layer):
    def __init__(self, dim):
        super().__init__()
        self.q, self.k, self.v = layers.Dense(dim), layers.Dense(dim), layers.Dense(dim)
        future = np.triu(np.ones((T, T)), k=1).astype(bool)
        self.mask = np.where(future, -np.inf, 0.0).astype("float32")

    def call(self, x):
        s = tf.matmul(self.q(x), self.k(x), transpose_b=True) / 4.0 + self.mask
        return tf.matmul(tf.nn.softmax(s), self.v(x))


inp = keras.Input((T,), dtype="int32")
h = layers.Embedding(20, 16)(inp)
h = layers.LayerNormalization()(h + CausalAttention(16)(h))
model = keras.Model(inp, layers.Dense(20)(h))
model.compile(keras.optimizers.Adam(3e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))

start = np.random.randint(0, 20, (192, 1))
text = (start + np.arange(T + 1)) % 20
model.fit(text[:, :-1], text[:, 1:], epochs=4, batch_size=32, verbose=2)
