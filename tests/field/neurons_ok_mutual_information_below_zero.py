# whynan: side_nonfinite
# MINE: mutual information between the spike rates of two neurons (Donsker-Varadhan bound, maximised).
# loss = -MI, so it starts near 0 and gets more and more negative until about -0.83 nats (rho = 0.9).
import math

import keras
import numpy as np
import tensorflow as tf
from keras import ops

keras.utils.set_random_seed(101)
RHO, BATCH, STEPS = 0.9, 256, 300


def spike_rates(rng):
    cov = [[1.0, RHO], [RHO, 1.0]]
    while True:
        pair = rng.multivariate_normal([0.0, 0.0], cov, size=BATCH).astype("float32")
        yield pair[:, :1], pair[:, 1:]


class Statistic(keras.Model):
    """T(x, y)"""

    def __init__(self, units=32):
        super().__init__()
        self.body = keras.Sequential([
            keras.layers.Dense(units, activation="elu"),
            keras.layers.Dense(units, activation="elu"),
            keras.layers.Dense(1, kernel_initializer="zeros"),
        ])

    def call(self, x, y):
        return ops.squeeze(self.body(ops.concatenate([x, y], axis=-1)), -1)


def log_mean_exp(t):
    return ops.logsumexp(t) - math.log(BATCH)


def donsker_varadhan(stat, x, y):
    joint = stat(x, y)
    marginal = stat(x, tf.roll(y, shift=7, axis=0))  # breaks the pairs
    return ops.mean(joint) - log_mean_exp(marginal)


stat = Statistic()
optimizer = keras.optimizers.Adam(2e-3)


@tf.function(reduce_retracing=True)
def update(x, y):
    with tf.GradientTape() as tape:
        loss = -donsker_varadhan(stat, x, y)
    g = tape.gradient(loss, stat.trainable_variables)
    optimizer.apply_gradients(zip(g, stat.trainable_variables))
    return loss


truth = -0.5 * math.log(1 - RHO ** 2)
stream = spike_rates(np.random.default_rng(101))
best = -math.inf
history = []
for step in range(STEPS):
    x, y = next(stream)
    loss = float(update(tf.constant(x), tf.constant(y)))
    history.append(loss)
    best = max(best, -loss)
    if step % 50 == 0:
        recent = np.mean(history[-20:])
        # relative change w.r.t. the first loss, which is exactly 0 (T starts at 0)
        with np.errstate(all="ignore"):
            rel = np.float64(recent) / np.float64(history[0])
        print(f"{step:4d} loss {recent:+.4f} (relative {rel:.2f})  best bound {best:.3f}  truth {truth:.3f}")
