# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(101)
keras.mixed_precision.set_global_policy("mixed_float16")


class PaddedAttention(layers.Layer):
    def __init__(self, dim):
        super().__init__()
        self.qkv = layers.Dense(3 * dim, use_bias=False)
        self.dim = dim

    def call(self, x, tokens):
        q, k, v = tf.split(self.qkv(x), 3, axis=-1)
        logits = tf.matmul(q, k, transpose_b=True) / self.dim ** 0.5
        logits = tf.where(tokens[:, None, :] > 0, logits, logits.dtype.min)
        return tf.matmul(tf.nn.softmax(logits), v)


tokens_in = keras.Input((12,), dtype="int32")
e = layers.Embedding(60, 16)(tokens_in)
a = PaddedAttention(16)(e, tokens_in)
p = layers.GlobalAveragePooling1D()(a)
out = layers.Dense(1, activation="sigmoid", dtype="float32")(p)
model = keras.Model(tokens_in, out)
model.compile("adam", "binary_crossentropy")

tokens = np.random.randint(1, 60, (128, 12))
for row in tokens:
    row[np.random.randint(0, 13):] = 0
y = (tokens == 5).any(axis=1).astype("float32")
model.fit(tokens, y, epochs=3, batch_size=32, verbose=2)
