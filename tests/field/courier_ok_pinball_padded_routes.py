"""Remaining time of a courier tour from the stops so far, three quantiles, LSTM on padded routes.

The raw route array is full of nan, after my preprocessing the minimum of X is -999 and some routes
have no stop at all. numpy warns about an all-nan slice. The loss goes up and down between epochs.
Can I trust this training or will it blow up sooner or later?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(61)
rng = np.random.default_rng(61)

MAX_STOPS, PAD = 18, -999.0
QUANTILES = tf.constant([0.1, 0.5, 0.9])


def simulate_routes(n=320):
    X = np.full((n, MAX_STOPS, 3), np.nan)
    hours = np.zeros((n, 1))
    for i in range(n):
        planned = int(rng.integers(6, MAX_STOPS + 8))
        done = int(rng.integers(0, min(planned, MAX_STOPS) + 1))
        if i == 73:
            done = 0  # cancelled before the first stop
        pace = rng.gamma(12, 0.9)
        X[i, :done, 0] = pace + rng.normal(0, 2, done)              # minutes since the previous stop
        X[i, :done, 1] = planned - np.arange(1, done + 1)           # stops still on the list
        X[i, :done, 2] = rng.gamma(2, 1.5, done)                    # kilograms handed over
        hours[i, 0] = (planned - done) * pace / 60 * rng.lognormal(0, 0.15)
    return X, hours.astype("float32")


def standardise_and_pad(X):
    mean = np.nanmean(X, axis=(0, 1))
    std = np.nanstd(X, axis=(0, 1))
    longest_gap = np.nanmax(X[:, :, 0], axis=1)
    print("routes without a stop:", int(np.isnan(longest_gap).sum()), "of", len(X))
    scaled = (X - mean) / std
    return np.where(np.isnan(scaled), PAD, scaled).astype("float32")


def pinball(y_true, y_pred):
    error = y_true - y_pred
    return tf.reduce_mean(tf.maximum(QUANTILES * error, (QUANTILES - 1.0) * error), axis=-1)


class TourModel:
    def __init__(self, units=24):
        self.net = keras.Sequential([
            keras.Input((MAX_STOPS, 3)),
            keras.layers.Masking(mask_value=PAD),
            keras.layers.LSTM(units),
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Dense(3),
        ])
        self.net.compile(keras.optimizers.Adam(0.01), loss=pinball)

    def fit(self, X, y, epochs=10):
        return self.net.fit(X, y, epochs=epochs, batch_size=32, validation_split=0.2, verbose=2)

    def coverage(self, X, y):
        q = self.net.predict(X, verbose=0)
        return float(np.mean((y[:, 0] >= q[:, 0]) & (y[:, 0] <= q[:, 2])))


raw, hours = simulate_routes()
X = standardise_and_pad(raw)
print("X from", X.min(), "to", X.max(), " tours of", hours.min(), "to", hours.max(), "hours")
tour = TourModel()
log = tour.fit(X, hours)
print("pinball", log.history["loss"][0], "->", log.history["loss"][-1], " 80% interval covers", tour.coverage(X, hours))
