import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(40)


class SelfAttention(layers.Layer):
    def __init__(self, dim):
        super().__init__()
        self.q, self.k, self.v = (layers.Dense(dim) for _ in range(3))
        self.dim = dim

    def call(self, x, keep):
        scores = tf.matmul(self.q(x), self.k(x), transpose_b=True) / self.dim ** 0.5
        scores = tf.where(keep[:, None, :], scores, float("-inf"))
        return tf.matmul(tf.nn.softmax(scores), self.v(x))  # whynan: softmax_all_masked phase=forward rows=101


class Block(keras.Model):
    def __init__(self, dim):
        super().__init__()
        self.att = SelfAttention(dim)
        self.norm = layers.LayerNormalization()
        self.ff = keras.Sequential([layers.Dense(2 * dim, activation="gelu"), layers.Dense(dim)])

    def call(self, x, keep):
        x = self.norm(x + self.att(x, keep))
        return x + self.ff(x)


class Tagger(keras.Model):
    def __init__(self, vocab, dim=16):
        super().__init__()
        self.embed = layers.Embedding(vocab, dim)
        self.block = Block(dim)          # used twice: shared weights
        self.head = layers.Dense(1)

    def call(self, tokens):
        keep = tf.not_equal(tokens, 0)
        x = self.embed(tokens)
        x = self.block(x, keep)
        x = self.block(x, keep)
        w = tf.cast(keep, x.dtype)[..., None]
        pooled = tf.reduce_sum(x * w, axis=1) / tf.maximum(tf.reduce_sum(w, axis=1), 1.0)
        return self.head(pooled)


lengths = np.random.randint(2, 10, 160)
lengths[101] = 0
tokens = np.zeros((160, 10), "int32")
for i, n in enumerate(lengths):
    tokens[i, :n] = np.random.randint(1, 50, n)
y = (tokens == 7).any(axis=1).astype("float32")

tagger = Tagger(50)
tagger.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
tagger.fit(tokens, y, epochs=2, batch_size=32, verbose=2)
