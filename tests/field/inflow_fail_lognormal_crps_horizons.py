"""Probabilistic inflow forecast for reservoirs: LSTM on the weather + properties of the basin, log-normal per horizon.

Loss is the closed form CRPS of the log-normal. It is inf or nan from the first batch. All inflows are > 0.1, so it
cannot be the logarithm, and sigma is softplus + 0.05, so it cannot be zero or negative.
"""
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(19)

DAYS, HORIZONS = 20, 12


def basins_and_weather(samples=400, basins=25, seed=13):
    rng = np.random.default_rng(seed)
    catalogue = np.column_stack(
        [
            rng.lognormal(6.0, 1.0, size=basins),  # area in km2
            rng.uniform(150, 2400, size=basins),  # mean elevation in m
            rng.uniform(1, 28, size=basins),  # mean slope in degrees
            rng.uniform(0.05, 0.9, size=basins),  # share of forest
        ]
    )
    which = rng.integers(0, basins, size=samples)
    rain = rng.gamma(0.5, 8.0, size=(samples, DAYS))
    temperature = 8 + rng.normal(scale=5, size=(samples, 1)) + rng.normal(size=(samples, DAYS))
    wetness = (rain * 0.85 ** np.arange(DAYS)[::-1]).sum(axis=1) / 25.0
    decay = np.exp(-np.arange(HORIZONS) / 9.0)
    level = 0.002 * catalogue[which, 0] ** 0.9 + 0.4
    inflow = level[:, None] * (0.3 + wetness[:, None] * decay) * rng.lognormal(0, 0.2, size=(samples, HORIZONS))
    weather = np.stack([rain, temperature], axis=-1)
    weather = (weather - weather.mean(axis=(0, 1))) / weather.std(axis=(0, 1))
    inputs = {"weather": weather.astype("float32"), "basin": catalogue[which].astype("float32")}
    return inputs, np.maximum(inflow, 0.1).astype("float32")


class InflowForecaster(keras.Model):
    def __init__(self, units=16, **kwargs):
        super().__init__(**kwargs)
        self.memory = layers.LSTM(units)
        self.join = layers.Concatenate()
        self.hidden = layers.Dense(32, activation="relu")
        self.head = layers.Dense(2 * HORIZONS)
        self.fold = layers.Reshape((HORIZONS, 2))

    def call(self, inputs):
        state = self.memory(inputs["weather"])
        both = self.join([state, inputs["basin"]])
        return self.fold(self.head(self.hidden(both)))


def normal_cdf(z):
    return 0.5 * (1.0 + tf.math.erf(z / math.sqrt(2.0)))


def lognormal_crps(y_true, y_pred):
    mu = y_pred[..., 0]
    sigma = tf.nn.softplus(y_pred[..., 1]) + 0.05
    z = (tf.math.log(y_true) - mu) / sigma
    mean = tf.exp(mu + 0.5 * tf.square(sigma))  # whynan: exp_overflow phase=loss also=unscaled_input
    tail = normal_cdf(z - sigma) + normal_cdf(sigma / math.sqrt(2.0)) - 1.0
    return tf.reduce_mean(y_true * (2.0 * normal_cdf(z) - 1.0) - 2.0 * mean * tail, axis=-1)


inputs, inflow = basins_and_weather()
model = InflowForecaster()
model.compile(optimizer=keras.optimizers.Adam(1e-3, clipvalue=0.5), loss=lognormal_crps)
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3)
history = model.fit(inputs, inflow, validation_split=0.2, batch_size=32, epochs=5, callbacks=[stop], verbose=2)
print({key: values[-1] for key, values in history.history.items()})
