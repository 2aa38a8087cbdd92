"""Re-identification of individual animals from scale-pattern descriptors.
Smooth triplet loss on cosine similarity, triplets sampled at random."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

N_ANIMALS, DIM, N_PHOTOS = 6, 20, 900
SCALE, MARGIN = 80.0, 0.2

prototypes = rng.normal(0, 1, (N_ANIMALS, DIM))
who = rng.integers(0, N_ANIMALS, N_PHOTOS)
desc = (prototypes[who] + rng.normal(0, 0.7, (N_PHOTOS, DIM))).astype("float32")
# field labels come from volunteers, not all of them are right
tags = who.copy()
swap = rng.random(N_PHOTOS) < 0.08
tags[swap] = rng.integers(0, N_ANIMALS, swap.sum())
by_tag = [np.flatnonzero(tags == k) for k in range(N_ANIMALS)]


@tf.custom_gradient
def smooth_hinge(x):
    """log(1 + e^x), written so that it does not blow up for big x."""
    y = tf.maximum(x, 0.0) + tf.math.log1p(tf.exp(-tf.abs(x)))

    def grad(dy):
        return dy * tf.exp(x) / (1.0 + tf.exp(x))  # whynan: exp_overflow phase=gradient also=wrong_custom_gradient

    return y, grad


net = keras.Sequential([
    layers.Input((DIM,)),
    layers.Dense(64, activation="tanh"),
    layers.Dense(16),
])
opt = keras.optimizers.Adam(2e-3)


def embed(x):
    return tf.math.l2_normalize(net(x), axis=1)


def sample_triplets(n):
    a = rng.integers(0, N_PHOTOS, n)
    p = np.array([rng.choice(by_tag[tags[i]]) for i in a])
    neg = rng.integers(0, N_PHOTOS, n)
    clash = tags[neg] == tags[a]
    while clash.any():
        neg[clash] = rng.integers(0, N_PHOTOS, clash.sum())
        clash = tags[neg] == tags[a]
    return desc[a], desc[p], desc[neg]


history = []
for step in range(400):
    xa, xp, xn = sample_triplets(128)
    with tf.GradientTape() as tape:
        ea, ep, en = embed(xa), embed(xp), embed(xn)
        sim_pos = tf.reduce_sum(ea * ep, axis=1)
        sim_neg = tf.reduce_sum(ea * en, axis=1)
        violation = SCALE * (sim_neg - sim_pos + MARGIN)
        loss = tf.reduce_mean(smooth_hinge(violation)) / SCALE
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    history.append(float(loss))
    if step % 40 == 0:
        acc = float(tf.reduce_mean(tf.cast(sim_pos > sim_neg, tf.float32)))
        print(f"step {step}: loss {np.mean(history[-40:]):.4f}  triplet acc {acc:.3f}")

emb = embed(desc).numpy()
nearest = np.argsort(-(emb @ emb.T), axis=1)[:, 1]
print("rank-1:", np.mean(who[nearest] == who))
