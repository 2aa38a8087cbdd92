# whynan: healthy
import warnings

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(14)

hourly = np.random.normal(15, 6, size=(200, 24))
hourly[np.random.rand(200, 24) < 0.2] = np.nan
hourly[61] = np.nan                                # station was down the whole day
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    daily = pd.DataFrame({"mean": np.nanmean(hourly, axis=1), "sd": np.nanstd(hourly, axis=1)})
daily["next"] = daily["mean"].shift(-1)
print(daily.isna().sum())
daily = daily.dropna()

x = ((daily[["mean", "sd"]] - daily[["mean", "sd"]].mean()) / daily[["mean", "sd"]].std()).to_numpy("float32")
y = (daily["next"] / 15).to_numpy("float32")
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1)])
model.compile("adam", "mae")
model.fit(x, y, epochs=5, verbose=2)
