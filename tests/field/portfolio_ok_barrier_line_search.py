"""Minimum variance portfolio, interior point: trial points outside give log(negative) and are rejected."""
# whynan: healthy
import numpy as np
import tensorflow as tf

tf.random.set_seed(90)
ASSETS = 6

rng = np.random.default_rng(90)
returns = (rng.normal(size=(250, ASSETS)) * np.linspace(0.5, 2.0, ASSETS)).astype("float32")
covariance = tf.constant(np.cov(returns, rowvar=False).astype("float32"))


def slacks(w):
    """every position positive, at most 60 %, the sum at most 1"""
    return tf.concat([w, 0.6 - w, [1.0 - tf.reduce_sum(w)]], axis=0)


def objective(w, mu):
    risk = tf.tensordot(w, tf.linalg.matvec(covariance, w), 1)
    reward = tf.reduce_sum(w)
    barrier = -tf.reduce_sum(tf.math.log(slacks(w)))
    return risk - reward + mu * barrier


def backtrack(w, direction, value, mu):
    step = 1.0
    for _ in range(40):
        trial = w - step * direction
        candidate = objective(trial, mu)
        # NaN when the trial point left the feasible set
        if bool(tf.math.is_finite(candidate)) and float(candidate) < float(value):
            return trial
        step *= 0.5
    return tf.identity(w)


weights = tf.Variable(tf.fill([ASSETS], 0.1))
mu = 0.1
for outer in range(4):
    for inner in range(15):
        with tf.GradientTape() as tape:
            value = objective(weights, mu)
        grad = tape.gradient(value, weights)
        weights.assign(backtrack(tf.convert_to_tensor(weights), grad, value, mu))
    print(f"mu={mu:.4f} value={float(value):.5f} weights={np.round(weights.numpy(), 3)}")
    mu *= 0.3
