"""Arrival direction of neutrinos from the hit times of a small detector, with a von Mises-Fisher likelihood, so
that the network says how sure it is. Good for some epochs: the angular error falls, the network becomes more
confident, then from one step to the next the likelihood is inf and everything after it nan. The concentration
is capped and the loss is scaled as the mixed precision guide says.
"""
import math

import keras
import numpy as np
import tensorflow as tf

keras.config.set_dtype_policy("mixed_float16")
keras.utils.set_random_seed(8)

LOSS_SCALE = 1024.0
KAPPA_MAX = 80.0  # exp() is inf above 88
LOG_2PI = math.log(2 * math.pi)


def simulate(events, rng):
    modules = rng.uniform(-1, 1, size=(14, 3))
    direction = rng.normal(size=(events, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    hit_time = -direction @ modules.T + rng.normal(0, 0.02, size=(events, 14))
    hit_time -= hit_time.mean(axis=1, keepdims=True)
    charge = rng.gamma(4.0, 0.25, size=(events, 14))
    return np.concatenate([hit_time, charge], 1).astype("float32"), direction.astype("float32")


def make_network():
    hits = keras.Input((28,))
    h = keras.layers.Dense(64, activation="elu")(hits)
    h = keras.layers.Dense(64, activation="elu")(h)
    return keras.Model(hits, [keras.layers.Dense(3, name="arrow")(h), keras.layers.Dense(1, name="kappa")(h)])


class VonMisesFisher:
    """Density on the sphere in three dimensions, kappa / (4 pi sinh kappa) * exp(kappa cos)."""

    def __init__(self, arrow, raw):
        length_inv = tf.math.rsqrt(tf.reduce_sum(arrow * arrow, axis=-1, keepdims=True) + 1e-3)
        self.mean = arrow * length_inv
        self.kappa = tf.minimum(tf.nn.softplus(raw[:, 0]) + 0.1, KAPPA_MAX)

    def log_prob(self, truth):
        cosine = tf.reduce_sum(self.mean * tf.cast(truth, self.mean.dtype), axis=-1)
        norm = tf.math.log(self.kappa) - LOG_2PI - tf.math.log(tf.exp(self.kappa) - tf.exp(-self.kappa))  # whynan: float16_overflow phase=loss|forward also=exp_overflow,clip_misuse
        return norm + self.kappa * cosine


network = make_network()
optimizer = keras.optimizers.Adam(4e-3)
optimizer.build(network.trainable_variables)


@tf.function
def step(hits, truth):
    with tf.GradientTape() as tape:
        arrow, raw = network(hits, training=True)
        density = VonMisesFisher(arrow, raw)
        loss = tf.cast(-tf.reduce_mean(density.log_prob(truth)), tf.float32)
        scaled = loss * LOSS_SCALE
    gradients = [g / LOSS_SCALE for g in tape.gradient(scaled, network.trainable_variables)]
    optimizer.apply_gradients(zip(gradients, network.trainable_variables))
    return loss, tf.reduce_mean(tf.cast(density.kappa, tf.float32))


def train(epochs=15, batch=64):
    rng = np.random.default_rng(8)
    hits, truth = simulate(2048, rng)
    for epoch in range(epochs):
        order = rng.permutation(len(hits))
        losses, kappas = [], []
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            loss, kappa = step(tf.constant(hits[rows]), tf.constant(truth[rows]))
            losses.append(float(loss))
            kappas.append(float(kappa))
        print(f"epoch {epoch:2d}  -log p {np.mean(losses):.3f}  mean kappa {np.mean(kappas):.2f}")


train()
