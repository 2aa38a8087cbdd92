"""Sort old embassy telegrams into routine (0) and urgent (1) with one self-attention block."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(1917)

VOCAB = 180
MAXLEN = 28
DIM = 24


def compose(rng, length):
    words = rng.integers(1, VOCAB, length)
    urgent = rng.random() < 0.4
    if urgent:
        k = rng.integers(1, 4)
        words[rng.choice(length, k, replace=False)] = rng.integers(1, 12, k)
    else:
        words = np.where(words < 12, words + 40, words)
    return words, int(urgent)


def corpus(n=1500):
    rng = np.random.default_rng(9)
    lengths = rng.integers(5, 22, n)
    lengths[731] = 33          # the report on the conference, cut at the form's edge
    tokens = np.zeros((n, MAXLEN), "int32")
    labels = np.zeros((n, 1), "float32")
    for i, length in enumerate(lengths):
        words, urgent = compose(rng, length)
        words = words[:MAXLEN]
        tokens[i, :len(words)] = words
        labels[i] = urgent
    return tokens, labels


class Position(layers.Layer):
    def build(self, shape):
        self.table = self.add_weight(shape=(MAXLEN, DIM), initializer="uniform", name="table")

    def call(self, x):
        return x + self.table


class SelfAttention(layers.Layer):
    def __init__(self, dim, **kw):
        super().__init__(**kw)
        self.dim = dim
        self.q = layers.Dense(dim, use_bias=False)
        self.k = layers.Dense(dim, use_bias=False)
        self.v = layers.Dense(dim, use_bias=False)
        self.out = layers.Dense(dim)

    def build(self, shape):
        for lay in (self.q, self.k, self.v, self.out):
            lay.build((None, None, self.dim))

    def call(self, x, is_word):
        q, k, v = self.q(x), self.k(x), self.v(x)
        scores = tf.matmul(q, k, transpose_b=True) / self.dim ** 0.5
        weights = tf.nn.softmax(tf.where(is_word[:, None, :], -np.inf, scores), axis=-1)  # whynan: softmax_all_masked phase=forward rows=731
        return self.out(tf.matmul(weights, v))


def build():
    tokens = keras.Input((MAXLEN,), dtype="int32")
    is_word = ops.not_equal(tokens, 0)
    x = Position()(layers.Embedding(VOCAB, DIM)(tokens))
    x = layers.LayerNormalization()(x + SelfAttention(DIM)(x, is_word))
    x = layers.LayerNormalization()(x + layers.Dense(DIM, activation="tanh")(x))
    w = ops.expand_dims(ops.cast(is_word, "float32"), -1)
    pooled = ops.sum(x * w, axis=1) / ops.sum(w, axis=1)
    return keras.Model(tokens, layers.Dense(1, activation="sigmoid")(pooled))


tokens, labels = corpus()
print("telegrams", tokens.shape, "urgent share", labels.mean().round(3))

model = build()
model.compile(keras.optimizers.Adam(2e-3), "binary_crossentropy", metrics=["accuracy"])
model.fit(tokens, labels, batch_size=50, epochs=4, verbose=2)
print("share called urgent:", float((model.predict(tokens, verbose=0) > 0.5).mean()))
