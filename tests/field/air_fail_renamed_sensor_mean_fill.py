# Daily asthma admissions from air quality stations. The logger writes long format, one row per
# reading. Missing readings are filled with the mean, so there can't be any NaN (?!)
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(23)
SENSORS = ["NO2", "O3", "PM10", "PM2.5", "SO2", "temp"]


def logger_export(days=300):
    """firmware 4.x export"""
    rng = np.random.default_rng(9)
    parts = []
    for name, mean, spread in [("NO2", 30, 9), ("O3", 55, 15), ("PM10", 22, 8), ("PM25", 12, 5), ("SO2", 4, 1), ("temp", 11, 7)]:
        frame = pd.DataFrame({
            "day": pd.date_range("2022-01-01", periods=days),
            "sensor": name,
            "value": rng.normal(mean, spread, days),
        })
        parts.append(frame.sample(frac=0.95, random_state=len(parts)))   # some readings got lost
    return pd.concat(parts).reset_index(drop=True)


def to_wide(readings):
    wide = readings.pivot_table(index="day", columns="sensor", values="value")
    # fixed column order, the model file depends on it
    return wide.reindex(columns=SENSORS)  # whynan: nan_in_input phase=data


def impute(wide):
    return wide.fillna(wide.mean())


def standardise(wide):
    return (wide - wide.mean()) / wide.std()


def admissions(index):
    rng = np.random.default_rng(10)
    season = 6 + 3 * np.sin(2 * np.pi * index.dayofyear / 365.0)
    return rng.poisson(season).astype("float32")


def build(n):
    return keras.Sequential([
        keras.Input((n,)),
        layers.Dense(24, activation="tanh"),
        layers.Dense(12, activation="tanh"),
        layers.Dense(1, activation="softplus"),
    ])


wide = to_wide(logger_export())
table = standardise(impute(wide))
y = admissions(wide.index)
model = build(len(SENSORS))
model.compile(optimizer="adam", loss="poisson")
model.fit(table.to_numpy("float32"), y, batch_size=25, epochs=4, verbose=2)
