# whynan: healthy
# tiny causal transformer for next-token prediction, masks filled with -inf
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(11)
VOCAB, SEQ, DIM = 24, 12, 32


class CausalSelfAttention(layers.Layer):
    def __init__(self, dim, **kw):
        super().__init__(**kw)
        self.qkv = layers.Dense(3 * dim)
        self.proj = layers.Dense(dim)
        self.scale = dim ** -0.5

    def call(self, x, key_mask):
        q, k, v = tf.split(self.qkv(x), 3, axis=-1)
        scores = tf.matmul(q, k, transpose_b=True) * self.scale
        causal = tf.linalg.band_part(tf.ones((SEQ, SEQ)), -1, 0) > 0
        allowed = tf.logical_and(causal[None], key_mask[:, None, :])
        # token 0 is always real, so every query keeps at least one key
        scores = tf.where(allowed, scores, float("-inf"))
        return self.proj(tf.matmul(tf.nn.softmax(scores, axis=-1), v))


class TinyLM(keras.Model):
    def __init__(self):
        super().__init__()
        self.embed = layers.Embedding(VOCAB, DIM)
        self.pos = layers.Embedding(SEQ, DIM)
        self.attn = CausalSelfAttention(DIM)
        self.norm = layers.LayerNormalization()
        self.head = layers.Dense(VOCAB)

    def call(self, ids):
        key_mask = tf.not_equal(ids, 0)
        h = self.embed(ids) + self.pos(tf.range(SEQ))[None]
        h = self.norm(h + self.attn(h, key_mask))
        return self.head(h)


def make_data(n=320):
    rng = np.random.default_rng(0)
    ids = np.zeros((n, SEQ + 1), "int32")
    for i in range(n):
        length = rng.integers(3, SEQ + 1)
        start, step = rng.integers(1, 6), rng.integers(1, 3)
        ids[i, :length] = 1 + (start + step * np.arange(length)) % (VOCAB - 1)
    return ids[:, :-1], ids[:, 1:]


def main():
    x, y = make_data()
    model = TinyLM()
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(x, y, sample_weight=(y > 0).astype("float32"), batch_size=32, epochs=4, verbose=2)


if __name__ == "__main__":
    main()
