"""Tomato growth of the next week from hourly greenhouse sensors.

The data logger class keeps one big preallocated buffer (float16 because we have 600
greenhouses...). Fine for the winter months, nan loss as soon as I train on a full year.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(55)

HOURS = 24
CHANNELS = ("lux", "temp", "humidity", "co2")
UNITS = {"lux": 20_000.0, "temp": 25.0, "humidity": 80.0, "co2": 800.0}


class Weather:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def day(self, d):
        season = 0.5 - 0.5 * np.cos(2 * np.pi * d / 365)            # 0 winter, 1 summer
        sun = np.clip(np.sin((np.arange(HOURS) - 6) / 12 * np.pi), 0, None)
        clear = self.rng.uniform(0.2, 0.85)
        lux = (15_000 + 75_000 * season) * clear * sun
        temp = 18 + 8 * season + 3 * sun + self.rng.normal(0, 0.3, HOURS)
        humidity = np.clip(85 - 15 * sun + self.rng.normal(0, 2, HOURS), 0, 100)
        co2 = 800 - 200 * sun + self.rng.normal(0, 10, HOURS)
        growth = lux.sum() / 250_000 + 0.03 * temp.mean() + self.rng.normal(0, 0.05)
        return {"lux": lux, "temp": temp, "humidity": humidity, "co2": co2}, growth


class Logger:
    """Ring of daily records; everything is written in place."""

    def __init__(self, n_days):
        self.buffer = np.zeros((n_days, HOURS, len(CHANNELS)), dtype=np.float16)
        self.growth = np.zeros(n_days, dtype=np.float32)

    def write(self, d, readings, growth):
        for k, name in enumerate(CHANNELS):
            self.buffer[d, :, k] = readings[name]  # whynan: float16_overflow phase=data also=inf_in_input
        self.growth[d] = growth

    def scaled(self):
        out = self.buffer.astype("float32")
        out /= np.array([UNITS[c] for c in CHANNELS], "float32")
        return out

    def daily_profile(self, hours_per_slot=3):
        x = self.scaled()
        return x.reshape(len(x), HOURS // hours_per_slot, hours_per_slot, -1).mean(axis=2)


def fill(n_days):
    logger, weather = Logger(n_days), Weather(seed=55)
    for d in range(n_days):
        logger.write(d, *weather.day(d))
    return logger


def make_dataset(logger, batch_size=16):
    x = logger.daily_profile()
    y = logger.growth[:, None] - logger.growth.mean()
    ds = tf.data.Dataset.from_tensor_slices((x, y))
    return ds.shuffle(len(x), seed=2).batch(batch_size).prefetch(1)


dataset = make_dataset(fill(365))

model = keras.Sequential([
    keras.Input(shape=(8, len(CHANNELS))),
    keras.layers.Conv1D(16, 3, activation="tanh"),
    keras.layers.Flatten(),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile("adam", "mse")
model.fit(dataset, epochs=6, verbose=2)
