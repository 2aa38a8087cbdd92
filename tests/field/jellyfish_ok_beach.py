"""Jellyfish warnings for the lifeguards.

Every morning somebody counts the jellyfish along 200 m of beach. We want to
predict the count from the buoy data of the night before.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(1907)
rng = np.random.default_rng(1907)

FIRST_DAY = 1_577_836_800      # 1 January 2020
DAYS = 1800


def read_buoy():
    day = np.arange(DAYS)
    season = np.sin(2 * np.pi * (day - 110) / 365.25)
    water = 16.0 + 6.5 * season + rng.normal(0, 0.8, DAYS)
    onshore = rng.normal(0.0, 4.0, DAYS)
    waves = np.abs(rng.normal(0.7, 0.35, DAYS))
    salinity = 36.5 + 0.4 * rng.normal(size=DAYS)
    expected = np.exp(0.22 * (water - 13.0) + 0.12 * onshore - 0.5 * waves + 0.5)
    return pd.DataFrame({
        "time": FIRST_DAY + 86_400 * day + rng.integers(-1800, 1800, DAYS),
        "water_temp": water,
        "onshore_wind": onshore,
        "wave_height": waves,
        "salinity": salinity,
        "count": rng.poisson(expected),
    })


frame = read_buoy()
frame = frame.sample(frac=1.0, random_state=4).reset_index(drop=True)
target = np.log1p(frame.pop("count").to_numpy(dtype="float32"))
features = frame.to_numpy(dtype="float32")
print(frame.describe().T[["mean", "min", "max"]])
print("variance of the target", target.var())

split = int(0.8 * DAYS)
model = keras.Sequential([
    keras.Input((features.shape[1],)),
    layers.Dense(64, activation="tanh"),
    layers.Dense(32, activation="tanh"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])

log = model.fit(  # whynan: unstable
    features[:split],
    target[:split],
    validation_data=(features[split:], target[split:]),
    batch_size=32,
    epochs=20,
    verbose=2,
)

forecast = model.predict(features[split:], verbose=0).ravel()
truth = target[split:]
print("validation R2 %.3f" % (1.0 - np.mean((forecast - truth) ** 2) / truth.var()))
warn = forecast > np.log1p(8.0)
really = truth > np.log1p(8.0)
print("warnings given", int(warn.sum()), "of", int(really.sum()), "days with many jellyfish")
