"""Monthly checkouts of 24 library branches, Holt-Winters smoothing and a small network in one model.

The smoothing constants of every branch are trained together with the network, as in the method that
won M4. It prints nan from the very first step. I bound the level from below, so nothing should be
divided by zero, and the raw table has no gaps: the branch managers fill in every month.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import ops

keras.utils.set_random_seed(4)

PERIOD, HORIZON, MONTHS = 12, 3, 60
RENOVATIONS = {3: (30, 33), 11: (41, 42)}  # branch: first month shut, first month open again


def checkout_table(branches=24):
    rng = np.random.default_rng(4)
    month = np.arange(MONTHS)
    base = rng.uniform(300, 4000, (branches, 1))
    season = 1.0 + 0.25 * np.sin(2 * np.pi * (month[None] + rng.uniform(0, 12, (branches, 1))) / PERIOD)
    trend = 1.0 + rng.normal(0, 0.003, (branches, 1)) * month[None]
    table = rng.poisson(base * season * trend).astype("float32")
    for branch, (shut, opened) in RENOVATIONS.items():
        table[branch, shut:opened] = 0.0
    return table


def relative_log(window, level, season):
    """Window without its level and its season; the network works on this scale."""
    return ops.log(window / (ops.maximum(level, 1e-3) * season))  # whynan: log_of_zero phase=forward rows=3,11


class HybridForecaster(keras.Model):
    def __init__(self, n_series):
        super().__init__()
        self.alpha_raw = self.add_weight(shape=(n_series, 1), initializer="zeros", name="alpha")
        self.gamma_raw = self.add_weight(shape=(n_series, 1), initializer="zeros", name="gamma")
        self.season_raw = self.add_weight(shape=(n_series, PERIOD), initializer="zeros", name="season")
        self.trunk = keras.Sequential([
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(HORIZON),
        ])

    def smooth(self, y):
        alpha, gamma = ops.sigmoid(self.alpha_raw), ops.sigmoid(self.gamma_raw)
        start = ops.exp(self.season_raw)
        seasons = [start[:, i:i + 1] for i in range(PERIOD)]
        level = ops.mean(y[:, :PERIOD], axis=1, keepdims=True)
        levels = []
        for t in range(MONTHS):
            now = y[:, t:t + 1]
            level = alpha * now / seasons[t] + (1.0 - alpha) * level
            levels.append(level)
            seasons.append(gamma * now / level + (1.0 - gamma) * seasons[t])
        return levels, seasons

    def call(self, y):
        levels, seasons = self.smooth(y)
        losses = []
        for cut in range(2 * PERIOD, MONTHS - HORIZON + 1, 6):
            seen, ahead = slice(cut - PERIOD, cut), slice(cut, cut + HORIZON)
            level = levels[cut - 1]
            x = relative_log(y[:, seen], level, ops.concatenate(seasons[seen], axis=1))
            goal = relative_log(y[:, ahead], level, ops.concatenate(seasons[ahead], axis=1))
            losses.append(ops.mean(ops.abs(goal - self.trunk(x))))
        return ops.mean(ops.stack(losses))


table = tf.constant(checkout_table())
model = HybridForecaster(table.shape[0])
model(table)
optimizer = keras.optimizers.Adam(5e-3, global_clipnorm=5.0)
optimizer.build(model.trainable_variables)


@tf.function
def train_step(y):
    with tf.GradientTape() as tape:
        loss = model(y)
    variables = model.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


for step in range(30):
    loss = train_step(table)
    if step % 5 == 0:
        print(f"step {step:3d}  mean absolute log error {float(loss):.4f}")
