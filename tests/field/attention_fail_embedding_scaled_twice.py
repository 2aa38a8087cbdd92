import math
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(6)
VOCAB, LENGTH, D_MODEL, HEADS = 120, 20, 64, 4


class TokenEmbedding(keras.layers.Layer):
    def __init__(self, vocab, d):
        super().__init__()
        self.d = d
        self.table = keras.layers.Embedding(vocab, d, embeddings_initializer=keras.initializers.RandomNormal(stddev=1.0))

    def call(self, ids):
        return self.table(ids) * math.sqrt(self.d)  # section 3.4 of the paper


class Attention(keras.layers.Layer):
    def __init__(self, d, heads):
        super().__init__()
        self.heads, self.depth = heads, d // heads
        self.q, self.k, self.v = (keras.layers.Dense(d, use_bias=False) for _ in range(3))
        self.out = keras.layers.Dense(d)

    def split(self, t):
        t = tf.reshape(t, (-1, LENGTH, self.heads, self.depth))
        return tf.transpose(t, (0, 2, 1, 3))

    def normalise(self, scores):
        e = tf.exp(scores)  # whynan: exp_overflow phase=forward also=bad_initialization
        return e / tf.reduce_sum(e, axis=-1, keepdims=True)

    def call(self, x):
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        attn = self.normalise(tf.matmul(q, k, transpose_b=True))
        mixed = tf.transpose(tf.matmul(attn, v), (0, 2, 1, 3))
        return self.out(tf.reshape(mixed, (-1, LENGTH, self.heads * self.depth)))


def build():
    ids = keras.Input((LENGTH,), dtype="int32")
    x = TokenEmbedding(VOCAB, D_MODEL)(ids)
    x = keras.layers.LayerNormalization()(x + Attention(D_MODEL, HEADS)(x))
    x = keras.layers.GlobalAveragePooling1D()(x)
    return keras.Model(ids, keras.layers.Dense(2)(x))


rng = np.random.default_rng(0)
ids = rng.integers(1, VOCAB, size=(256, LENGTH))
labels = (np.sum(ids < 30, axis=1) > 5).astype("int32")
model = build()
model.compile(optimizer=keras.optimizers.Adam(1e-4),
              loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(ids, labels, batch_size=32, epochs=3, verbose=2)
