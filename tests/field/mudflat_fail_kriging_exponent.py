"""Regression kriging of the mud content on a tidal flat, with my own Gaussian process.

The trend comes from a small network (elevation, exposure), the residual field is a GP with the powered exponential
covariance that we always use in the group; amplitude, range and smoothness are learned together with the network.
The likelihood improves nicely for a while, then everything is nan from one iteration to the next. Lowering the
learning rate only moves the moment. The nugget is fixed (laboratory duplicates), so the matrix is well conditioned.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

NUGGET = 0.01
CORES_PER_STATION = 5


def lag_matrix(a, b):
    return np.sqrt(((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=-1))


def survey(stations=24):
    centre = rng.uniform(0.0, 3.0, (stations, 1, 2))
    sites = (centre + rng.normal(0.0, 0.03, (stations, CORES_PER_STATION, 2))).reshape(-1, 2)
    n = len(sites)
    field_cov = np.exp(-((lag_matrix(sites, sites) / 0.9) ** 0.5)) + NUGGET * np.eye(n)
    field = np.linalg.cholesky(field_cov) @ rng.standard_normal(n)
    elevation = rng.normal(0.4, 0.3, n)
    exposure = rng.gamma(2.0, 1.0, n)
    mud = 34.0 + 12.0 * field + 4.0 * elevation - 1.5 * exposure
    covariates = np.stack([(elevation - 0.4) / 0.3, (exposure - 2.0) / 1.4], axis=1)
    return sites, covariates.astype("float32"), mud


class PoweredExponential(keras.layers.Layer):
    def __init__(self, lags, **kwargs):
        super().__init__(**kwargs)
        self.lags = tf.constant(lags, tf.float32)
        start = {"log_sill": 0.0, "log_range": 0.0, "raw_power": 0.85}
        for name, value in start.items():
            weight = self.add_weight(shape=(), initializer=keras.initializers.Constant(value), name=name)
            setattr(self, name, weight)

    def power(self):
        # between 0 (pure noise) and 2 (Gaussian)
        return 2.0 * tf.sigmoid(tf.convert_to_tensor(self.raw_power))

    def covariance(self):
        sill = tf.exp(tf.convert_to_tensor(self.log_sill))
        reach = tf.exp(tf.convert_to_tensor(self.log_range))
        return sill * tf.exp(-tf.pow(self.lags / reach, self.power()))  # whynan: pow_grad_at_zero phase=gradient


def negative_log_likelihood(cov, residual):
    n = cov.shape[0]
    chol = tf.linalg.cholesky(cov + NUGGET * tf.eye(n))
    alpha = tf.linalg.cholesky_solve(chol, residual)
    quadratic = 0.5 * tf.reduce_sum(residual * alpha)
    log_det = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(chol)))
    return (quadratic + log_det) / n + 0.5 * np.log(2.0 * np.pi)


def main(iterations=220):
    sites, covariates, mud = survey()
    z = ((mud - mud.mean()) / mud.std()).astype("float32")[:, None]
    kernel = PoweredExponential(lag_matrix(sites, sites))
    trend = keras.Sequential([
        keras.Input((2,)),
        keras.layers.Dense(8, activation="tanh"),
        keras.layers.Dense(1),
    ])
    weights = kernel.trainable_variables + trend.trainable_variables
    optimizer = keras.optimizers.Adam(0.03)
    optimizer.build(weights)

    for it in range(iterations):
        with tf.GradientTape() as tape:
            residual = z - trend(covariates)
            nll = negative_log_likelihood(kernel.covariance(), residual)
        grads = tape.gradient(nll, weights)
        optimizer.apply_gradients(zip(grads, weights))
        if it % 10 == 0:
            print(f"{it:4d}  nll {float(nll):8.4f}  range {float(tf.exp(kernel.log_range)):6.3f} km")

    print("trend weights:", trend.get_weights()[0].ravel()[:4])


if __name__ == "__main__":
    main()
