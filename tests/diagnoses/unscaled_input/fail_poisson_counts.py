"""Bike rentals: Poisson regression, counts per hour."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(15)
rng = np.random.default_rng(15)
N = 300
pressure = rng.normal(1013.0, 8.0, N)       # hPa
visibility = rng.uniform(500, 20000, N)     # m
hour = rng.integers(0, 24, N)
rentals = rng.poisson(np.exp(1.0 + np.sin(hour / 24 * np.pi) + (pressure - 1013) / 40))

features = np.stack([pressure, visibility, hour], 1).astype("float32")
counts = rentals.astype("float32")[:, None]


def poisson_nll(y, log_rate):
    rate = tf.exp(log_rate)  # whynan: unscaled_input phase=loss also=exp_overflow
    return tf.reduce_mean(rate - y * log_rate)


inputs = keras.Input((3,))
hidden = keras.layers.Dense(8, activation="tanh")(inputs)
log_rate = keras.layers.Dense(1)(keras.layers.Concatenate()([inputs, hidden]))
model = keras.Model(inputs, log_rate)
model.compile(optimizer=keras.optimizers.Adam(0.001), loss=poisson_nll)
model.fit(features, counts, epochs=3, batch_size=30, verbose=2)
