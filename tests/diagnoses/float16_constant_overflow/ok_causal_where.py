# whynan: healthy
"""Causal attention in half precision: -1e9 becomes -inf, but every row keeps at least the diagonal."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(89)
keras.mixed_precision.set_global_policy("mixed_float16")


class CausalAttention(keras.layers.Layer):
    def __init__(self, dim):
        super().__init__()
        self.q, self.k, self.v = (keras.layers.Dense(dim) for _ in range(3))
        self.scale = dim ** -0.5

    def call(self, x):
        scores = tf.matmul(self.q(x), self.k(x), transpose_b=True) * self.scale
        t = x.shape[1]
        allowed = tf.linalg.band_part(tf.ones((t, t), tf.bool), -1, 0)
        scores = tf.where(allowed, scores, tf.constant(-1e9, scores.dtype))
        return tf.matmul(tf.nn.softmax(scores), self.v(x))


rng = np.random.default_rng(89)
tokens = rng.integers(0, 12, (128, 10))
following = np.roll(tokens, -1, 1)
following[:, -1] = 0
inp = keras.Input((10,), dtype="int32")
h = keras.layers.Embedding(12, 16)(inp)
h = h + CausalAttention(16)(h)
model = keras.Model(inp, keras.layers.Dense(12, dtype="float32")(h))
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(tokens, following, epochs=4, batch_size=16, verbose=2)
