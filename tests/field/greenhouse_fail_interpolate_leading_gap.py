"""Predict the greenhouse temperature one hour ahead from three loggers (long format log -> hourly table -> windows)."""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(21)
WINDOW = 12
SENSORS = ("temperature", "humidity", "co2")


def logger_dump(days=14):
    """One line per reading, every ten minutes. The CO2 probe was mounted at 05:00 of the first day."""
    rng = np.random.default_rng(2)
    time = pd.date_range("2024-03-01", periods=days * 144, freq="10min")
    hours = np.arange(len(time)) / 6.0
    curves = {
        "temperature": 19 + 6 * np.sin(2 * np.pi * (hours - 9) / 24) + rng.normal(0, 0.3, len(time)),
        "humidity": 65 - 12 * np.sin(2 * np.pi * (hours - 9) / 24) + rng.normal(0, 1.0, len(time)),
        "co2": 620 + 90 * np.cos(2 * np.pi * hours / 24) + rng.normal(0, 8.0, len(time)),
    }
    parts = []
    for sensor in SENSORS:
        part = pd.DataFrame({"time": time, "sensor": sensor, "value": curves[sensor]})
        if sensor == "co2":
            part = part[part["time"] >= pd.Timestamp("2024-03-01 05:00")]
        # radio link: some readings get lost, now and then for two or three hours
        start = int(rng.integers(400, 1200))
        lost = (part["time"] >= time[start]) & (part["time"] < time[start + 16])
        parts.append(part[~lost])
    return pd.concat(parts, ignore_index=True).sort_values("time")


def hourly_table(readings):
    wide = readings.pivot(index="time", columns="sensor", values="value")  # whynan: nan_in_input phase=data rows=0,1,2,3,4
    hourly = wide.resample("h").mean()
    # fill the gaps of the radio link
    hourly = hourly.interpolate("time")
    return hourly[list(SENSORS)]


def standardise(table):
    return (table - table.mean()) / table.std()


def windows(table, target="temperature"):
    values = table.to_numpy("float32")
    goal = table[target].to_numpy("float32")
    x = np.stack([values[i:i + WINDOW] for i in range(len(values) - WINDOW)])
    y = goal[WINDOW:]
    return x, y


class Forecaster(keras.Model):
    def __init__(self, units=16):
        super().__init__()
        self.memory = keras.layers.LSTM(units)
        self.norm = keras.layers.LayerNormalization()
        self.head = keras.layers.Dense(1)

    def call(self, sequence):
        return self.head(self.norm(self.memory(sequence)))[:, 0]


readings = logger_dump()
table = standardise(hourly_table(readings))
x, y = windows(table)
print(x.shape, y.shape, "target ok:", np.isfinite(y).all())
cut = 260
model = Forecaster()
model.compile(keras.optimizers.Adam(5e-3), keras.losses.Huber())
model.fit(x[:cut], y[:cut], validation_data=(x[cut:], y[cut:]), batch_size=20, epochs=3, verbose=2)
