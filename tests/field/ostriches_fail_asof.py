"""Egg shell temperature in the ostrich hatchery from incubator log + yard weather station."""
import os
import tempfile

import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
folder = tempfile.mkdtemp(prefix="hatchery_")
START = pd.Timestamp("2024-03-01")


def export_incubator(path):
    """What the Grumbach controller writes, one line per quarter of an hour."""
    n = 960
    minutes = np.arange(n) * 15
    day = 2 * np.pi * minutes / 1440
    air = 36.2 + 0.15 * np.sin(day) + rng.normal(0, 0.05, n)
    rh = 24 + 3 * np.cos(day) + rng.normal(0, 0.8, n)
    fan = rng.choice([40, 60, 80], n)
    shell = air + 0.4 + 0.02 * (rh - 24) - 0.004 * fan + 0.03 * np.sin(day - 1) + rng.normal(0, 0.04, n)
    pd.DataFrame({
        "time": START + pd.to_timedelta(minutes, unit="min"),
        "air_c": air.round(2), "rh": rh.round(1), "fan": fan, "shell_c": shell.round(2),
    }).to_csv(path, index=False)


def export_station(path):
    n = 1440
    minutes = np.arange(n) * 10
    day = 2 * np.pi * minutes / 1440
    log = pd.DataFrame({
        "time": START + pd.to_timedelta(minutes, unit="min"),
        "outside_c": (14 + 7 * np.sin(day - 0.8) + rng.normal(0, 0.4, n)).round(1),
        "hpa": (1013 + np.cumsum(rng.normal(0, 0.1, n))).round(1),
    })
    # battery swap
    log = log.drop(index=range(500, 530))
    log.to_csv(path, index=False)


inc_csv = os.path.join(folder, "incubator_2.csv")
wx_csv = os.path.join(folder, "station.csv")
export_incubator(inc_csv)
export_station(wx_csv)

incubator = pd.read_csv(inc_csv, parse_dates=["time"])
station = pd.read_csv(wx_csv, parse_dates=["time"])
table = pd.merge_asof(incubator, station, on="time", tolerance=pd.Timedelta("30min"))  # whynan: nan_in_input phase=data rows=335,336,337,338,339,340,341,342,343,344,345,346,347,348,349,350,351,352,353
table["hour"] = table["time"].dt.hour + table["time"].dt.minute / 60
table["hour_sin"] = np.sin(2 * np.pi * table["hour"] / 24)
table["hour_cos"] = np.cos(2 * np.pi * table["hour"] / 24)

features = ["air_c", "rh", "fan", "outside_c", "hpa", "hour_sin", "hour_cos"]
cut = int(0.8 * len(table))
train, test = table.iloc[:cut], table.iloc[cut:]

mu, sd = train[features].mean(), train[features].std()
x_train = ((train[features] - mu) / sd).to_numpy("float32")
x_test = ((test[features] - mu) / sd).to_numpy("float32")
y_mu, y_sd = train["shell_c"].mean(), train["shell_c"].std()
y_train = ((train["shell_c"] - y_mu) / y_sd).to_numpy("float32")
y_test = ((test["shell_c"] - y_mu) / y_sd).to_numpy("float32")

model = keras.Sequential([
    keras.layers.Input((len(features),)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
history = model.fit(x_train, y_train, epochs=12, batch_size=32,
                    validation_data=(x_test, y_test), verbose=2)
print("test mae in degrees:", history.history["val_mae"][-1] * y_sd)
