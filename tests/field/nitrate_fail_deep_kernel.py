"""Deep kernel learning for nitrate in wells.

A small network maps the well's covariates to a plane; there a Gaussian process with the exponential
(Matern 1/2) kernel is fitted by its marginal likelihood. The first value printed is sensible, from the
second step on everything is nan and TensorFlow complains about the Cholesky. More jitter does not help.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(8)
JITTER = 1e-3
WELLS, SUBSET = 160, 64


def make_wells(rng):
    depth = rng.gamma(3.0, 12.0, WELLS)
    clay = rng.beta(2.0, 3.0, WELLS)
    maize = rng.beta(1.5, 2.5, WELLS)
    east, north = rng.uniform(0.0, 40.0, WELLS), rng.uniform(0.0, 25.0, WELLS)
    log_nitrate = (2.8 + 1.6 * maize - 1.2 * clay - 0.015 * depth + 0.4 * np.sin(east / 6.0)
                   + 0.3 * np.cos(north / 5.0) + rng.normal(0.0, 0.25, WELLS))
    x = np.column_stack([np.log(depth), clay, maize, east, north])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = (log_nitrate - log_nitrate.mean()) / log_nitrate.std()
    return x.astype("float32"), y.astype("float32")


class DeepKernelGP(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.extract = keras.Sequential([layers.Dense(16, activation="tanh"), layers.Dense(2)])
        constant = keras.initializers.Constant
        self.raw_amplitude = self.add_weight(name="raw_amplitude", shape=(), initializer=constant(0.5))
        self.raw_length = self.add_weight(name="raw_length", shape=(), initializer=constant(0.5))
        self.raw_noise = self.add_weight(name="raw_noise", shape=(), initializer=constant(-1.5))

    def positive(self, raw):
        return tf.nn.softplus(tf.convert_to_tensor(raw)) + 1e-6

    def covariance(self, a, b):
        squared = tf.reduce_sum(tf.square(a[:, None, :] - b[None, :, :]), axis=-1)
        distance = tf.sqrt(tf.maximum(squared, 0.0))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero,clip_misuse
        return self.positive(self.raw_amplitude) * tf.exp(-distance / self.positive(self.raw_length))

    def neg_log_marginal(self, x, y):
        plane = self.extract(x)
        noise = self.positive(self.raw_noise) + JITTER
        k = self.covariance(plane, plane) + noise * tf.eye(SUBSET)
        chol = tf.linalg.cholesky(k)
        weights = tf.linalg.cholesky_solve(chol, y[:, None])
        quadratic = 0.5 * tf.reduce_sum(y[:, None] * weights)
        half_logdet = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(chol)))
        return (quadratic + half_logdet) / SUBSET + 0.919


def main():
    rng = np.random.default_rng(30)
    x, y = make_wells(rng)
    gp = DeepKernelGP()
    optimizer = keras.optimizers.Adam(5e-3)
    for step in range(30):
        pick = rng.choice(WELLS, SUBSET, replace=False)
        with tf.GradientTape() as tape:
            loss = gp.neg_log_marginal(tf.constant(x[pick]), tf.constant(y[pick]))
        variables = gp.trainable_variables
        grads, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), 5.0)
        optimizer.apply_gradients(zip(grads, variables))
        if step % 5 == 0:
            noise = float(gp.positive(gp.raw_noise))
            print(f"step {step:3d}   nlml per well {float(loss):.4f}   noise variance {noise:.4f}")


if __name__ == "__main__":
    main()
