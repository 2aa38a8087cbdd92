"""Gaussian process regression, hyperparameters by maximising the log marginal likelihood."""
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(0)
JITTER = 1e-10        # gpflow uses 1e-6, but the results should be more exact like this


class RBF:
    def __init__(self):
        self.log_length = tf.Variable(math.log(1.5), name="log_length")
        self.log_amp = tf.Variable(0.0, name="log_amp")

    @property
    def variables(self):
        return [self.log_length, self.log_amp]

    def __call__(self, a, b):
        d2 = tf.square(a[:, None] - b[None, :])
        return tf.exp(2 * self.log_amp) * tf.exp(-0.5 * d2 / tf.exp(2 * self.log_length))


class GPR:
    """Noise free observations (the simulator is deterministic)."""

    def __init__(self, x, y, kernel):
        self.x, self.y, self.kernel = tf.constant(x), tf.constant(y), kernel
        self.n = len(x)

    def gram(self):
        return self.kernel(self.x, self.x) + JITTER * tf.eye(self.n)

    def factor(self):
        return tf.linalg.cholesky(self.gram())  # whynan: not_positive_definite phase=loss|forward also=unknown,sqrt_of_negative,catastrophic_cancellation

    def log_marginal(self):
        L = self.factor()
        alpha = tf.linalg.cholesky_solve(L, self.y[:, None])
        fit = -0.5 * tf.reduce_sum(self.y[:, None] * alpha)
        logdet = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(L)))
        return fit - logdet - 0.5 * self.n * math.log(2 * math.pi)


def simulator(n=80, seed=1):
    x = np.sort(np.random.default_rng(seed).uniform(0, 10, n))
    return x.astype("float32"), (np.sin(x) + 0.3 * np.cos(3 * x)).astype("float32")


x, y = simulator()
kernel = RBF()
gp = GPR(x, y, kernel)
for it in range(25):
    with tf.GradientTape() as tape:
        loss = -gp.log_marginal()
    grads = tape.gradient(loss, kernel.variables)
    for g, v in zip(grads, kernel.variables):
        v.assign_sub(0.01 * tf.clip_by_value(g, -1.0, 1.0))
    if it % 5 == 0:
        print(it, "nlml", float(loss), "length", math.exp(float(kernel.log_length)))
