# whynan: healthy
# Memory friendly attention ("flash"-like, chunk by chunk with a running maximum that starts at -inf).
# The sequences are left padded, so for short baskets the first chunks contain no valid key at all.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(5)
VOCAB, T, CHUNK = 40, 32, 8
NEG = float("-inf")


def chunked_attention(q, k, v, valid, chunk):
    # q, k, v: (batch, heads, time, dim); valid: (batch, time)
    scale = float(q.shape[-1]) ** -0.5
    running_max = tf.fill(tf.shape(q[..., :1]), NEG)
    running_sum = tf.zeros_like(q[..., :1])
    acc = tf.zeros_like(q)
    for start in range(0, k.shape[2], chunk):
        ks, vs = k[:, :, start:start + chunk], v[:, :, start:start + chunk]
        ok = valid[:, None, None, start:start + chunk]
        s = tf.where(ok, scale * tf.matmul(q, ks, transpose_b=True), NEG)
        new_max = tf.stop_gradient(tf.maximum(running_max, tf.reduce_max(s, -1, keepdims=True)))
        # nothing seen so far: -inf - (-inf) would be NaN, so shift by 0 instead
        ref = tf.where(tf.math.is_inf(new_max), tf.zeros_like(new_max), new_max)
        p = tf.exp(s - ref)
        carry = tf.exp(running_max - ref)
        running_sum = running_sum * carry + tf.reduce_sum(p, -1, keepdims=True)
        acc = acc * carry + tf.matmul(p, vs)
        running_max = new_max
    return acc / running_sum


class ChunkedSelfAttention(layers.Layer):
    def __init__(self, heads, dim, chunk=CHUNK, **kw):
        super().__init__(**kw)
        self.heads, self.dim, self.chunk = heads, dim, chunk
        self.qkv = layers.Dense(3 * heads * dim, use_bias=False)
        self.out = layers.Dense(heads * dim)

    def build(self, shape):
        self.qkv.build(shape[0])
        self.out.build((shape[0][0], shape[0][1], self.heads * self.dim))

    def call(self, inputs):
        x, valid = inputs
        t = x.shape[1]
        z = tf.reshape(self.qkv(x), (-1, t, 3, self.heads, self.dim))
        q, k, v = tf.unstack(tf.transpose(z, (2, 0, 3, 1, 4)))
        y = chunked_attention(q, k, v, valid, self.chunk)
        y = tf.reshape(tf.transpose(y, (0, 2, 1, 3)), (-1, t, self.heads * self.dim))
        return self.out(y)

    def compute_output_shape(self, shape):
        return shape[0][:2] + (self.heads * self.dim,)


def make_baskets(n, rng):
    x = np.zeros((n, T), "int32")
    for row in x:
        length = rng.integers(3, T + 1)
        row[T - length:] = rng.integers(1, VOCAB, size=length)
    y = (np.isin(x, (7, 8)).any(1) & np.isin(x, (21, 22, 23)).any(1)).astype("float32")
    return x, y


x, y = make_baskets(1024, np.random.default_rng(5))
items = keras.Input((T,), dtype="int32")
valid = layers.Lambda(lambda t: t > 0, output_shape=(T,))(items)
h = layers.Embedding(VOCAB, 32)(items)
h = layers.LayerNormalization()(h + ChunkedSelfAttention(2, 16)([h, valid]))
h = layers.GlobalMaxPooling1D()(layers.Dense(32, activation="relu")(h))
prob = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(items, prob)
model.compile(keras.optimizers.Adam(2e-3), "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=64, epochs=6, verbose=2)
