"""Bike sharing competition, hourly rentals. The leaderboard uses RMSLE, so I train on it directly.

Loss is nan from the first epoch. With loss="mse" the same model trains.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

n = 3000
hour = rng.integers(0, 24, n)
temp = rng.normal(14, 8, n)
feels = temp + rng.normal(0, 2, n)
humidity = rng.uniform(25, 100, n)
wind = rng.gamma(2.0, 6.0, n)
workday = rng.integers(0, 2, n)
season = rng.integers(1, 5, n)
weather = rng.integers(1, 4, n)
rush = np.exp(-((hour - 8) / 2.0) ** 2) + np.exp(-((hour - 17.5) / 2.5) ** 2)
rentals = rng.poisson(20 + 160 * rush * (0.4 + workday) + 3 * np.maximum(temp, 0))

X = np.column_stack([hour, rush, temp, feels, humidity, wind, workday, season, weather])
X = StandardScaler().fit_transform(X).astype("float32")
y = rentals.reshape(-1, 1).astype("float32")


def rmsle(y_true, y_pred):
    diff = tf.math.log(y_pred + 1.0) - tf.math.log(y_true + 1.0)  # whynan: log_of_negative phase=forward|loss also=wrong_loss_for_activation
    return tf.sqrt(tf.reduce_mean(tf.square(diff)))


model = keras.Sequential([keras.Input((X.shape[1],)), keras.layers.Dense(1)])
model.compile(optimizer="adam", loss=rmsle)
model.fit(X, y, batch_size=32, epochs=5, verbose=2)
