"""Probabilistic wind direction forecast with a von Mises likelihood. loss: inf / nan from the start"""
import math
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

n = 300
x = rng.normal(size=(n, 7)).astype("float32")
direction = np.arctan2(x[:, 0] + 0.3 * x[:, 1], 1.5 + x[:, 2]) + rng.normal(0, 0.05, n)
direction = direction.astype("float32")[:, None]


class VonMisesModel(keras.Model):
    def __init__(self, typical_sigma=0.05):
        super().__init__()
        self.body = keras.Sequential([keras.layers.Dense(24, activation="tanh"), keras.layers.Dense(24, activation="tanh")])
        self.loc = keras.layers.Dense(1)
        self.spread = keras.layers.Dense(1, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01))
        self.typical_sigma = typical_sigma

    def call(self, inputs):
        h = self.body(inputs)
        sigma = self.typical_sigma * tf.exp(self.spread(h))
        kappa = 1.0 / tf.square(sigma)  # small angle approximation
        return tf.concat([self.loc(h), kappa], axis=-1)


def von_mises_nll(y_true, y_pred):
    mu, kappa = y_pred[:, :1], y_pred[:, 1:]
    normaliser = 2.0 * math.pi * tf.math.bessel_i0(kappa)  # whynan: exp_overflow phase=loss also=unknown
    log_prob = kappa * tf.cos(y_true - mu) - tf.math.log(normaliser)
    return -log_prob


forecaster = VonMisesModel()
forecaster.compile(optimizer=keras.optimizers.Adam(1e-3), loss=von_mises_nll)
forecaster.fit(x, direction, batch_size=30, epochs=3, verbose=2)
