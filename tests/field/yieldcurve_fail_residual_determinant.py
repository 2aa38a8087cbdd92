"""Daily changes of a government yield curve, 24 maturities at once, by the concentrated Gaussian likelihood.

Because the residuals of neighbouring maturities are almost the same thing I do not use the mse but half the log of the
determinant of the residual covariance (the usual trick for seemingly unrelated regressions). It stops with -inf or with
an infinite gradient. The covariance is regularised, so it cannot be singular, and I checked: it can be inverted.
"""
import math

import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(404)

MATURITIES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22, 24, 26, 28, 30]


def simulate_curve(days=1920):
    """Changes in percentage points, driven by level, slope and curvature."""
    rng = np.random.default_rng(12)
    tau = np.array(MATURITIES, dtype=float)
    loadings = np.stack([
        np.ones_like(tau),
        (1 - np.exp(-tau / 6)) / (tau / 6),
        (1 - np.exp(-tau / 6)) / (tau / 6) - np.exp(-tau / 6),
    ])
    signals = rng.normal(size=(days, 3))
    factors = 0.3 * signals + rng.normal(size=(days, 3))
    moves = (factors * [0.05, 0.035, 0.02]) @ loadings + rng.normal(0, 0.004, (days, len(tau)))
    frame = pd.DataFrame(moves, columns=[f"y{m}" for m in MATURITIES])
    for k in range(3):
        frame[f"surprise_{k}"] = signals[:, k] + rng.normal(0, 0.3, days)
    for m in (2, 5, 10, 30):
        frame[f"lag_y{m}"] = frame[f"y{m}"].shift(1)
    return frame.dropna().reset_index(drop=True)


def split_columns(frame):
    targets = [f"y{m}" for m in MATURITIES]
    x = frame.drop(columns=targets)
    x = (x - x.mean()) / x.std()
    return x.to_numpy("float32"), frame[targets].to_numpy("float32")


class ConcentratedLikelihood:
    def __init__(self, dimension, ridge=1e-6):
        self.ridge = ridge * tf.eye(dimension)

    def __call__(self, y_true, y_pred):
        residual = y_true - y_pred
        n = tf.cast(tf.shape(residual)[0], tf.float32)
        sigma = tf.matmul(residual, residual, transpose_a=True) / n + self.ridge
        return 0.5 * tf.math.log(tf.linalg.det(sigma))  # whynan: log_of_zero phase=loss|gradient also=determinant_underflow,exp_underflow


class Fitter:
    def __init__(self, inputs, outputs):
        self.model = keras.Sequential([
            keras.Input((inputs,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(outputs),
        ])
        self.criterion = ConcentratedLikelihood(outputs)
        self.optimizer = keras.optimizers.Adam(3e-3)

    @tf.function
    def step(self, x, y):
        with tf.GradientTape() as tape:
            value = self.criterion(y, self.model(x, training=True))
        grads = tape.gradient(value, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))
        return value, tf.linalg.global_norm(grads)

    def run(self, data, epochs):
        count = 0
        for epoch in range(epochs):
            for x, y in data:
                count += 1
                value, size = (float(v) for v in self.step(x, y))
                if not (math.isfinite(value) and math.isfinite(size)):
                    print(f"stopped at step {count}: objective {value}, gradient norm {size}")
                    return
            print(f"epoch {epoch}: objective {value:.3f}, gradient norm {size:.3g}")


features, changes = split_columns(simulate_curve())
dataset = tf.data.Dataset.from_tensor_slices((features, changes)).shuffle(2000, seed=4).batch(128, drop_remainder=True)
Fitter(features.shape[1], changes.shape[1]).run(dataset, epochs=20)
