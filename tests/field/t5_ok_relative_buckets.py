"""T5 relative position buckets in a small encoder that classifies the order of two markers."""
# whynan: healthy
import math

import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(41)
LEN, VOCAB, DIM, HEADS = 24, 30, 32, 2


def relative_position_bucket(rel, num_buckets=16, max_distance=32):
    """Straight from the transformers repository (bidirectional branch)."""
    num_buckets //= 2
    bucket = tf.cast(rel > 0, tf.int32) * num_buckets
    n = tf.abs(rel)
    max_exact = num_buckets // 2
    is_small = n < max_exact
    # log(0) on the diagonal, not selected below
    log_ratio = tf.math.log(tf.cast(n, tf.float32) / max_exact) / math.log(max_distance / max_exact)
    large = max_exact + tf.cast(log_ratio * (num_buckets - max_exact), tf.int32)
    large = tf.minimum(large, num_buckets - 1)
    return bucket + tf.where(is_small, n, large)


class RMSNorm(layers.Layer):
    def build(self, shape):
        self.g = self.add_weight(shape=(shape[-1],), initializer="ones", name="g")

    def call(self, x):
        return x * tf.math.rsqrt(tf.reduce_mean(tf.square(x), -1, keepdims=True) + 1e-6) * self.g


class T5Attention(layers.Layer):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.q, self.k, self.v, self.o = (layers.Dense(DIM, use_bias=False) for _ in range(4))

    def build(self, shape):
        self.rel_bias = self.add_weight(shape=(16, HEADS), initializer="zeros", name="rel_bias")

    def split(self, x):
        return tf.transpose(tf.reshape(x, [-1, LEN, HEADS, DIM // HEADS]), [0, 2, 1, 3])

    def position_bias(self):
        pos = tf.range(LEN)
        bucket = relative_position_bucket(pos[None, :] - pos[:, None])
        return tf.transpose(tf.gather(tf.convert_to_tensor(self.rel_bias), bucket), [2, 0, 1])[None]

    def call(self, x):
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        w = tf.nn.softmax(tf.matmul(q, k, transpose_b=True) + self.position_bias(), axis=-1)
        out = tf.reshape(tf.transpose(tf.matmul(w, v), [0, 2, 1, 3]), [-1, LEN, DIM])
        return self.o(out)


inp = keras.Input((LEN,), dtype="int32")
x = layers.Embedding(VOCAB, DIM)(inp)
for _ in range(2):
    x = x + T5Attention()(RMSNorm()(x))
    x = x + layers.Dense(DIM)(layers.Dense(64, activation="relu")(RMSNorm()(x)))
out = layers.Dense(1)(layers.GlobalAveragePooling1D()(RMSNorm()(x)))
model = keras.Model(inp, out)

rng = np.random.default_rng(0)
tokens = rng.integers(3, VOCAB, (320, LEN)).astype("int32")
first, second = rng.integers(0, LEN // 2, 320), rng.integers(LEN // 2, LEN, 320)
y = rng.integers(0, 2, 320)
tokens[np.arange(320), first] = np.where(y == 1, 1, 2)
tokens[np.arange(320), second] = np.where(y == 1, 2, 1)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(tokens, y, batch_size=32, epochs=4, verbose=2)
