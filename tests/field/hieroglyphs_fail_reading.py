"""Which kind of text is it? Small self-attention over sign lists (Gardiner numbers)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(1822)
rng = np.random.default_rng(1822)

N_SIGNS, LONGEST, DIM = 120, 22, 24
KINDS = ["offering", "king list", "letter"]


def carve(kind):
    length = rng.integers(6, LONGEST + 1)
    favourite = rng.integers(1 + kind * 30, 41 + kind * 30, length)
    anything = rng.integers(1, N_SIGNS, length)
    return np.where(rng.random(length) < 0.35, favourite, anything)


kind = rng.integers(0, 3, 1500)
signs = keras.utils.pad_sequences([carve(k) for k in kind], maxlen=LONGEST, padding="post")


class SignAttention(layers.Layer):
    def __init__(self, dim, **kw):
        super().__init__(**kw)
        self.dim = dim
        self.q = layers.Dense(dim, use_bias=False)
        self.k = layers.Dense(dim, use_bias=False)
        self.v = layers.Dense(dim, use_bias=False)
        self.out = layers.Dense(dim)
        self.norm = layers.LayerNormalization()

    def build(self, x_shape, present_shape):
        for d in (self.q, self.k, self.v, self.out):
            d.build((None, None, self.dim))
        self.norm.build((None, None, self.dim))
        self.built = True

    def call(self, x, present):
        scores = tf.matmul(self.q(x), self.k(x), transpose_b=True) / self.dim ** 0.5
        scores = tf.where(present[:, None, :], scores, -np.inf)
        weights = tf.nn.softmax(scores, axis=1)  # whynan: softmax_all_masked phase=forward
        return self.norm(x + self.out(tf.matmul(weights, self.v(x))))


class Present(layers.Layer):
    def call(self, ids):
        return tf.not_equal(ids, 0)

    def compute_output_spec(self, ids):
        return keras.KerasTensor(ids.shape, dtype="bool")


class MeanOverSigns(layers.Layer):
    def call(self, x, present):
        m = ops.cast(present, x.dtype)[..., None]
        return ops.sum(x * m, axis=1) / ops.maximum(ops.sum(m, axis=1), 1.0)


ids = keras.Input((LONGEST,), dtype="int32")
here = Present()(ids)
x = layers.Embedding(N_SIGNS, DIM)(ids)
x = SignAttention(DIM)(x, here)
x = MeanOverSigns()(x, here)
x = layers.Dense(32, activation="tanh")(x)
logits = layers.Dense(len(KINDS))(x)
reader = keras.Model(ids, logits)

reader.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
reader.fit(signs[:1200], kind[:1200], validation_data=(signs[1200:], kind[1200:]),
           batch_size=40, epochs=6, verbose=2)
print(dict(zip(KINDS, np.bincount(np.argmax(reader.predict(signs[1200:], verbose=0), 1), minlength=3))))
