"""Daily occupancy of three boarding kennels, with the weather as a driver."""
import os
import tempfile

import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

days = pd.date_range("2022-01-01", periods=600, freq="D")
day_str = [d.strftime("%Y-%m-%d") for d in days]
doy = days.dayofyear.to_numpy()
temp = 11 - 9 * np.cos(2 * np.pi * doy / 365) + rng.normal(0, 2.5, 600)
rain = rng.gamma(0.6, 4, 600)

with tempfile.TemporaryDirectory() as tmp:
    path = os.path.join(tmp, "station.csv")
    station = pd.DataFrame({"date": day_str, "temp": temp, "rain": rain}).iloc[:-4]
    station.loc[rng.random(len(station)) < 0.05, "rain"] = np.nan
    station.to_csv(path, index=False)
    weather = pd.read_csv(path)
weather["rain"] = weather["rain"].fillna(0.0)

frames = []
for site in range(3):
    occ = (0.45 + 0.1 * site + 0.015 * (temp - 11) - 0.004 * rain
           + 0.12 * (days.dayofweek.to_numpy() >= 5) + rng.normal(0, 0.04, 600))
    frames.append(pd.DataFrame({
        "date": day_str, "t": np.arange(600), "site": site,
        "weekend": (days.dayofweek.to_numpy() >= 5).astype(float), "occupancy": occ,
    }))
book = pd.concat(frames, ignore_index=True)
book = book.merge(weather, on="date", how="left")
book = book.sort_values(["t", "site"]).reset_index(drop=True)
for s in range(3):
    book[f"site{s}"] = (book["site"] == s).astype(float)

cols = ["temp", "rain", "weekend", "site0", "site1", "site2"]
train, valid = book[book["t"] < 540], book[book["t"] >= 540]
mu, sd = train[cols].mean(), train[cols].std()
x_train = ((train[cols] - mu) / sd).to_numpy().astype("float32")
x_valid = ((valid[cols] - mu) / sd).to_numpy().astype("float32")
y_train = train["occupancy"].to_numpy().astype("float32")
y_valid = valid["occupancy"].to_numpy().astype("float32")

model = keras.Sequential([
    keras.Input((len(cols),)),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(12, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
hist = model.fit(x_train, y_train, batch_size=64, epochs=6,  # whynan: side_nonfinite
                 validation_data=(x_valid, y_valid), verbose=2)
print("train mse by epoch:", np.round(hist.history["loss"], 4))
