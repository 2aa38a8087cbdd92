"""Masked self attention, works in float32, nan with mixed_float16 (loss scale just keeps halving)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(64)
keras.mixed_precision.set_global_policy("mixed_float16")
VOCAB, LEN, DIM = 200, 16, 32


class MaskedSelfAttention(layers.Layer):
    def __init__(self, dim, **kw):
        super().__init__(**kw)
        self.dim = dim
        self.q = layers.Dense(dim, use_bias=False)
        self.k = layers.Dense(dim, use_bias=False)
        self.v = layers.Dense(dim, use_bias=False)

    def build(self, x_shape, keep_shape):
        for d in (self.q, self.k, self.v):
            d.build(x_shape)

    def compute_output_shape(self, x_shape, keep_shape):
        return tuple(x_shape[:-1]) + (self.dim,)

    def call(self, x, keep):
        scores = tf.matmul(self.q(x), self.k(x), transpose_b=True) * self.dim ** -0.5
        keep = tf.cast(keep, scores.dtype)[:, tf.newaxis, :]
        scores = scores + (1.0 - keep) * tf.cast(-1e9, scores.dtype)  # whynan: float16_constant_overflow phase=forward also=float16_overflow
        return tf.matmul(tf.nn.softmax(scores, axis=-1), self.v(x))


def build():
    tok = keras.Input((LEN,), dtype="int32", name="tok")
    keep = keras.Input((LEN,), dtype="int32", name="keep")
    x = layers.Embedding(VOCAB, DIM)(tok)
    x = layers.LayerNormalization()(x + MaskedSelfAttention(DIM)(x, keep))
    x = layers.GlobalMaxPooling1D()(x)
    return keras.Model([tok, keep], layers.Dense(1, dtype="float32")(x))


rng = np.random.default_rng(8)
lengths = rng.integers(4, LEN + 1, size=256)
keep = (np.arange(LEN)[None] < lengths[:, None]).astype("int32")
tok = rng.integers(1, VOCAB, size=(256, LEN)) * keep
label = (np.sum((tok > 0) & (tok < 30), 1) > 1).astype("float32")

model = build()
model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(from_logits=True))
model.fit([tok, keep], label, batch_size=32, epochs=2, verbose=2)
