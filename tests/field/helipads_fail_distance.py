"""Flight time of the rescue helicopter from its pad to the incident.
The dispatch system exports positions in the national grid, whole metres."""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(112)
rng = np.random.default_rng(112)

PAD_EAST, PAD_NORTH = 412_300, 98_700


def export(n=1500):
    radius = np.clip(rng.gamma(2.5, 6500, n), 800, 40_000)
    bearing = rng.uniform(0, 2 * np.pi, n)
    off_east = radius * np.sin(bearing)
    off_north = radius * np.cos(bearing)
    for row, e, m in [(148, 51_200, -18_300), (907, -43_800, 39_100), (1120, 22_500, -47_900)]:
        off_east[row], off_north[row] = e, m
    wind = rng.normal(0, 6, n)
    night = rng.integers(0, 2, n)
    km = np.hypot(off_east, off_north) / 1000
    minutes = 2.0 + km / (3.6 - 0.05 * wind) + 1.5 * night + rng.normal(0, 0.4, n)
    return pd.DataFrame({
        "east": (PAD_EAST + off_east).round().astype("int32"),
        "north": (PAD_NORTH + off_north).round().astype("int32"),
        "tailwind": wind,
        "night": night.astype("int32"),
        "minutes": minutes,
    })


def add_features(calls):
    dx = calls["east"] - PAD_EAST
    dy = calls["north"] - PAD_NORTH
    calls["distance"] = np.sqrt(dx * dx + dy * dy)  # whynan: int_overflow phase=data also=sqrt_of_negative,nan_in_input rows=148,907,1120
    calls["dir_sin"] = np.sin(np.arctan2(dx, dy))
    calls["dir_cos"] = np.cos(np.arctan2(dx, dy))
    return calls


def standardise(frame):
    return (frame - frame.mean()) / frame.std()


calls = add_features(export())
print(calls.head())

features = ["distance", "dir_sin", "dir_cos", "tailwind", "night"]
x = standardise(calls[features]).to_numpy("float32")
y = calls["minutes"].to_numpy("float32")

model = keras.Sequential()
model.add(keras.Input((len(features),)))
model.add(layers.Dense(32, activation="swish"))
model.add(layers.Dense(16, activation="swish"))
model.add(layers.Dense(1))
model.compile(loss="mae", optimizer=keras.optimizers.Adam(3e-3))
model.fit(x, y, epochs=8, batch_size=64, verbose=2)

print("predicted minutes, first five calls:", model.predict(x[:5], verbose=0).ravel())
