"""One-block causal transformer on limericks, label smoothing by hand, top-k samples after each epoch."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

V, L, D = 60, 20, 32
PAD, BOS = 0, 1
NEG = -np.inf


def limericks(n):
    nxt = rng.integers(2, V, size=(V, 3))
    out = np.zeros((n, L + 1), "int32")
    for r in out:
        k = rng.integers(9, L + 2)
        r[0] = BOS
        w = rng.integers(2, 12)
        for t in range(1, k):
            r[t] = w
            w = nxt[w, rng.choice(3, p=[0.75, 0.15, 0.1])]
    return out


class Poet(keras.Model):
    def __init__(self):
        super().__init__()
        self.tok = layers.Embedding(V, D)
        self.pos = layers.Embedding(L + 1, D)
        self.qkv = layers.Dense(3 * D)
        self.proj = layers.Dense(D)
        self.n1, self.n2 = layers.LayerNormalization(), layers.LayerNormalization()
        self.ff = keras.Sequential([layers.Dense(64, activation="gelu"), layers.Dense(D)])
        self.out = layers.Dense(V)

    def call(self, ids):
        t = tf.shape(ids)[1]
        h = self.tok(ids) + self.pos(tf.range(t))
        q, k, v = tf.split(self.qkv(self.n1(h)), 3, axis=-1)
        causal = tf.linalg.band_part(tf.ones((t, t)), -1, 0) > 0
        see = causal[None] & (ids != PAD)[:, None, :]
        scores = tf.matmul(q, k, transpose_b=True) / np.sqrt(D).astype("float32")
        h += self.proj(tf.matmul(tf.nn.softmax(tf.where(see, scores, NEG)), v))
        h += self.ff(self.n2(h))
        never_pad = tf.one_hot(PAD, V, on_value=NEG, off_value=0.0)
        return self.out(h) + never_pad


poet = Poet()
opt = keras.optimizers.Adam(3e-3, clipnorm=1.0)
SMOOTH = 0.1


@tf.function
def step(batch):
    x, y = batch[:, :-1], batch[:, 1:]
    real = y != PAD
    with tf.GradientTape() as tape:
        logp = tf.nn.log_softmax(poet(x))
        hit = tf.gather(logp, tf.where(real, y, BOS), batch_dims=2)
        spread = tf.reduce_mean(logp[..., 1:], axis=-1)
        nll = -(1 - SMOOTH) * hit - SMOOTH * spread
        loss = tf.reduce_sum(tf.where(real, nll, 0.0)) / tf.reduce_sum(tf.cast(real, tf.float32))
    g = tape.gradient(loss, poet.trainable_variables)
    opt.apply_gradients(zip(g, poet.trainable_variables))
    return loss


def recite(k=5, words=12):
    ids = tf.constant([[BOS]])
    for _ in range(words):
        last = poet(ids)[:, -1]
        kth = tf.math.top_k(last, k).values[:, -1:]
        last = tf.where(last < kth, NEG, last)
        ids = tf.concat([ids, tf.random.categorical(last, 1, dtype=tf.int32)], axis=1)
    return ids.numpy()[0, 1:]


poems = limericks(1600)
best = float("inf")
for epoch in range(6):
    order = rng.permutation(len(poems))
    losses = [float(step(tf.constant(poems[order[i:i + 32]]))) for i in range(0, 1600, 32)]  # whynan: healthy
    best = min(best, np.mean(losses))
    print(epoch, "loss %.3f (best %.3f)" % (np.mean(losses), best), recite())
