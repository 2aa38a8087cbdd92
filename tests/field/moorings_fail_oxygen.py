"""Next-hour bottom oxygen at a mooring from twelve hours of T, S and chlorophyll.

The logger file follows the netCDF convention: hours without a reading hold the
default fill value of the library.
"""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

FILL = np.float32(9.96921e36)
HOURS = 2400
LAG = 12


def logger_file():
    t = np.arange(HOURS)
    tide = np.sin(2 * np.pi * t / 12.42)
    day = np.sin(2 * np.pi * (t - 6) / 24)
    drift = np.cumsum(rng.normal(0, 0.02, HOURS))
    temp = 11.5 + 1.2 * drift + 0.6 * tide + rng.normal(0, 0.1, HOURS)
    salt = 31.0 + 0.9 * tide - 0.3 * drift + rng.normal(0, 0.08, HOURS)
    chl = np.exp(0.4 + 0.35 * day + rng.normal(0, 0.2, HOURS))
    oxy = 8.2 - 0.25 * (temp - 11.5) + 0.5 * day + 0.12 * chl + rng.normal(0, 0.1, HOURS)
    channels = np.stack([temp, salt, chl], axis=1).astype(np.float32)
    # conductivity cell fouled, cleaned by the diver the same afternoon
    channels[700:703, 1] = FILL
    return channels, oxy.astype(np.float32)


def standardise(channels):
    c = np.ma.masked_greater(channels, 1e30)
    print("readings missing per channel:", np.ma.count_masked(c, axis=0))
    print("mean:", c.mean(axis=0), " sd:", c.std(axis=0))
    return (c - c.mean(axis=0)) / c.std(axis=0)


def windows(z, target):
    w = np.lib.stride_tricks.sliding_window_view(z, LAG, axis=0)
    w = np.swapaxes(w, 1, 2)[:-1]
    return np.ascontiguousarray(w, dtype=np.float32), target[LAG:]


channels, oxy = logger_file()
z = standardise(channels)
X, y = windows(z, oxy)
y_mean = y.mean()
print("windows", X.shape, "target", y.shape)

inp = keras.Input((LAG, 3))
h = layers.Flatten()(inp)
h = layers.Dense(32, activation="relu")(h)
h = layers.Dense(16, activation="relu")(h)
out = layers.Dense(1)(h)
model = keras.Model(inp, out)

model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=[keras.metrics.RootMeanSquaredError()])
model.fit(X, y - y_mean, batch_size=64, epochs=5, verbose=2)  # whynan: unscaled_input phase=loss|forward rows=689,690,691,692,693,694,695,696,697,698,699,700,701,702
print("forecast for the last hours:", model.predict(X[-4:], verbose=0).ravel() + y_mean)
