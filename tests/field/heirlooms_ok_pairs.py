"""Two photographs of the same heirloom tomato: contrastive embedding, plus a pairwise ripeness ranking."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)

N, BANDS = 1024, 30
BATCH = 64

shape = rng.normal(0, 1, (N, 6))
ripeness = rng.integers(1, 6, N).astype("float32")     # 1 green .. 5 overripe
mix = rng.normal(0, 1, (7, BANDS))


def photograph():
    latent = np.column_stack([shape, (ripeness - 3) / 1.4])
    return (np.tanh(latent @ mix / 2) + rng.normal(0, 0.15, (N, BANDS))).astype("float32")


left, right = photograph(), photograph()

trunk = keras.Sequential([
    keras.Input((BANDS,)),
    layers.Dense(48, activation="relu"),
    layers.Dense(24),
])
ranker = keras.Sequential([keras.Input((24,)), layers.Dense(1)])
variables = trunk.trainable_variables + ranker.trainable_variables
opt = keras.optimizers.Adam(1e-3)
TEMPERATURE = 0.2


def contrast(a, b):
    z = tf.math.l2_normalize(tf.concat([a, b], axis=0), axis=1)
    n = tf.shape(a)[0]
    sim = tf.matmul(z, z, transpose_b=True) / TEMPERATURE
    sim = tf.linalg.set_diag(sim, tf.fill([2 * n], -np.inf))
    partner = tf.concat([tf.range(n, 2 * n), tf.range(n)], axis=0)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=partner, logits=sim))


def rank(score, ripe):
    gap = score - tf.transpose(score)
    riper = tf.cast(ripe[:, None] > ripe[None, :], tf.float32)
    return tf.reduce_sum(riper * tf.nn.softplus(-gap)) / tf.maximum(tf.reduce_sum(riper), 1.0)


@tf.function
def step(a, b, ripe):
    with tf.GradientTape() as tape:
        ea, eb = trunk(a, training=True), trunk(b, training=True)
        loss_c = contrast(ea, eb)
        loss_r = rank(ranker(ea), ripe)
        loss = loss_c + loss_r
    opt.apply_gradients(zip(tape.gradient(loss, variables), variables))  # whynan: healthy
    return loss_c, loss_r


for epoch in range(10):
    order = rng.permutation(N)
    log = []
    for i in range(0, N, BATCH):
        j = order[i:i + BATCH]
        log.append([float(v) for v in step(left[j], right[j], ripeness[j])])
    c, r = np.mean(log, axis=0)
    print(f"epoch {epoch}  contrastive {c:.4f}  ranking {r:.4f}")

e = tf.math.l2_normalize(trunk(left), axis=1).numpy()
f = tf.math.l2_normalize(trunk(right), axis=1).numpy()
print("partner found first:", np.mean(np.argmax(e @ f.T, axis=1) == np.arange(N)))
