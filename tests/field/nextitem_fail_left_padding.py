"""SASRec-like next item recommender: causal self attention, histories padded on the left."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(8)
MAX_LEN, N_ITEMS, DIM = 16, 60, 32
PAD = 0


def make_histories(n=192, seed=0):
    rng = np.random.default_rng(seed)
    lengths = np.full(n, MAX_LEN)
    lengths[40] = 9                        # one newer customer
    histories = []
    for k in lengths:
        start, stride = rng.integers(1, N_ITEMS), rng.integers(1, 5)
        histories.append([(start + stride * j) % (N_ITEMS - 1) + 1 for j in range(k + 1)])
    return histories


def pad_left(seq, length):
    return [PAD] * (length - len(seq)) + seq


class AttentionBias(layers.Layer):
    """0 where a query may look at a key, -inf elsewhere; (batch, 1, query, key)"""

    def call(self, tokens):
        t = tokens.shape[1]
        causal = tf.cast(tf.linalg.band_part(tf.ones((t, t)), -1, 0), tf.bool)
        is_item = tf.not_equal(tokens, PAD)[:, None, None, :]
        return tf.where(causal[None, None] & is_item, 0.0, float("-inf"))


class SelfAttention(layers.Layer):
    def __init__(self, heads=2, **kw):
        super().__init__(**kw)
        self.heads, self.head_dim = heads, DIM // heads
        self.qkv = layers.Dense(3 * DIM)
        self.proj = layers.Dense(DIM)

    def split(self, x):
        x = tf.reshape(x, [-1, MAX_LEN, self.heads, self.head_dim])
        return tf.transpose(x, [0, 2, 1, 3])

    def call(self, x, bias):
        q, k, v = (self.split(part) for part in tf.split(self.qkv(x), 3, axis=-1))
        scores = tf.matmul(q, k, transpose_b=True) / self.head_dim ** 0.5
        weights = tf.nn.softmax(scores + bias, axis=-1)  # whynan: softmax_all_masked phase=forward rows=40
        out = tf.transpose(tf.matmul(weights, v), [0, 2, 1, 3])
        return self.proj(tf.reshape(out, [-1, MAX_LEN, DIM]))


class Positions(layers.Layer):
    def build(self, shape):
        self.table = self.add_weight(shape=(MAX_LEN, DIM), initializer="uniform", name="pos")

    def call(self, x):
        return x + self.table


def build():
    tokens = keras.Input((MAX_LEN,), dtype="int32")
    bias = AttentionBias()(tokens)
    x = Positions()(layers.Embedding(N_ITEMS + 1, DIM)(tokens))
    for _ in range(2):
        x = x + SelfAttention()(layers.LayerNormalization()(x), bias)
        h = layers.Dense(2 * DIM, activation="gelu")(layers.LayerNormalization()(x))
        x = x + layers.Dense(DIM)(h)
    last = layers.LayerNormalization()(x)[:, -1]
    return keras.Model(tokens, layers.Dense(N_ITEMS + 1)(last))


histories = make_histories()
X = np.array([pad_left(h[:-1], MAX_LEN) for h in histories], "int32")
y = np.array([h[-1] for h in histories])
model = build()
model.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(X, y, batch_size=32, epochs=2, verbose=2)
