# Minimum risk training for the subtitle shortener: every source line has K candidate
# subtitles with a cost (1 - sentence BLEU). Expected cost under the renormalised
# model distribution over the candidates is minimised.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(7)
rs = np.random.RandomState(7)

V = 400
K = 4
SRC_LEN, TGT_LEN = 28, 26
N = 640
BATCH = 16


def make_corpus():
    src = np.zeros((N, SRC_LEN), "int32")
    cand = np.zeros((N, K, TGT_LEN), "int32")
    cost = np.zeros((N, K), "float32")
    for i in range(N):
        # mostly short dialogue, now and then a narrator
        n = rs.randint(22, 26) if rs.rand() < 0.06 else rs.randint(3, 9)
        words = rs.zipf(1.4, size=n) % (V - 2) + 2
        src[i, :n] = words
        for k in range(K):
            c = words.copy()
            swap = rs.rand(n) < 0.12 * k
            c[swap] = rs.randint(2, V, swap.sum())
            cand[i, k, :n] = c
            cand[i, k, n] = 1
            cost[i, k] = min(1.0, swap.mean() * 1.5 + 0.05 * rs.rand())
    return src, cand, cost


class Shortener(keras.Model):
    def __init__(self):
        super().__init__()
        self.emb = layers.Embedding(V, 48)
        self.enc = layers.Dense(64, activation="tanh")
        self.dec = layers.GRU(64, return_sequences=True)
        self.out = layers.Dense(V)

    def call(self, inputs):
        src, prev = inputs
        m = tf.cast(src != 0, tf.float32)[..., None]
        pooled = tf.reduce_sum(self.emb(src) * m, 1) / tf.maximum(tf.reduce_sum(m, 1), 1.0)
        h = self.dec(self.emb(prev), initial_state=self.enc(pooled))
        return tf.nn.softmax(self.out(h))


src, cand, cost = make_corpus()
net = Shortener()
opt = keras.optimizers.Adam(1e-3)


def candidate_probability(s, c):
    """P(candidate | source) for all K candidates: (batch, K)."""
    b = tf.shape(c)[0]
    flat = tf.reshape(c, (b * K, TGT_LEN))
    prev = tf.pad(flat[:, :-1], [[0, 0], [1, 0]], constant_values=1)
    probs = net([tf.repeat(s, K, axis=0), prev])
    token_p = tf.gather(probs, flat, batch_dims=2)
    token_p = tf.where(flat != 0, token_p, tf.ones_like(token_p))
    return tf.reshape(tf.reduce_prod(token_p, axis=-1), (b, K))


@tf.function
def train_step(s, c, r):
    with tf.GradientTape() as tape:
        p = candidate_probability(s, c)
        q = p / tf.reduce_sum(p, axis=1, keepdims=True)  # whynan: exp_underflow phase=loss|forward also=divide_by_zero
        risk = tf.reduce_mean(tf.reduce_sum(q * r, axis=1))
    grads = tape.gradient(risk, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return risk


data = tf.data.Dataset.from_tensor_slices((src, cand, cost)).shuffle(N, seed=7).batch(BATCH)
for epoch in range(2):
    log = [float(train_step(*b)) for b in data]
    print("epoch", epoch, "expected cost %.4f -> %.4f" % (log[0], log[-1]))
