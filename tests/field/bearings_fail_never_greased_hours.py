"""Maintenance company: bearing temperature twelve hours ahead from vibration and greasing log.

All columns are filled, the table has no NaN and no inf. The loss is nan at once.
With the vibration columns alone (without the greasing branch) it trains well.
"""
import math
import tempfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import ops

CONFIG = {
    "seed": 31,
    "batch": 64,
    "epochs": 5,
    "rate": 2e-3,
    "half_lives_h": [6.0, 24.0, 96.0, 240.0],
    "never": -999.0,
}
VIBRATION = ["rms", "kurtosis", "load", "ambient"]


def write_logs(folder, rng):
    readings, jobs = [], []
    for number in range(1, 15):
        bearing = f"B{number:02d}"
        hours = np.arange(48, 1200, 12)
        done = np.array([], dtype=int)
        if number not in (7, 12):
            done = int(rng.integers(0, 40)) + np.arange(0, 1150, 168)
            jobs += [(bearing, int(h), float(rng.choice([8.0, 12.0, 16.0]))) for h in done]
        for hour in hours:
            passed = done[done <= hour]
            film = 12.0 * math.exp(-(hour - passed[-1]) / 80.0) if len(passed) else 0.0
            load = rng.uniform(0.3, 1.0)
            ambient = rng.normal(18.0, 4.0)
            rms = 1.1 + 0.8 * load - 0.04 * film + rng.normal(0, 0.1)
            temp = 34.0 + 14.0 * load + 0.5 * ambient - 0.5 * film + rng.normal(0, 1.0)
            readings.append((bearing, int(hour), rms, 3.0 + rng.gamma(2.0, 0.4), load, ambient, temp))
    pd.DataFrame(readings, columns=["bearing", "hour", *VIBRATION, "temp_next"]).round(3).to_csv(
        folder / "readings.csv", sep=";", decimal=",", index=False)
    pd.DataFrame(jobs, columns=["bearing", "hour", "grams"]).to_csv(
        folder / "greasing.csv", sep=";", decimal=",", index=False)


def read_table(folder):
    readings = pd.read_csv(folder / "readings.csv", sep=";", decimal=",")
    jobs = pd.read_csv(folder / "greasing.csv", sep=";", decimal=",")
    jobs["greased_at"] = jobs["hour"]
    table = pd.merge_asof(
        readings.sort_values("hour"), jobs.sort_values("hour"), on="hour", by="bearing")
    table["since"] = table["hour"] - table["greased_at"]
    # no job found: nothing was applied, so the film is zero grams whatever the time says
    return table.fillna({"grams": 0.0, "since": CONFIG["never"]})


class GreaseFilm(keras.layers.Layer):
    """What is left of the last greasing, for several rates of decay."""

    def __init__(self, half_lives, **kwargs):
        super().__init__(**kwargs)
        self.half_lives = tuple(half_lives)
        self.stretch = self.add_weight(
            shape=(len(self.half_lives),), initializer="zeros", name="stretch")

    def call(self, grams, since):
        base = ops.convert_to_tensor(self.half_lives, dtype="float32")
        rate = math.log(2.0) / (base * ops.exp(self.stretch))
        return grams * ops.exp(-rate * since)  # whynan: exp_overflow phase=forward also=unscaled_input


def build():
    vibration = keras.Input((len(VIBRATION),), name="vibration")
    grams = keras.Input((1,), name="grams")
    since = keras.Input((1,), name="since")
    film = GreaseFilm(CONFIG["half_lives_h"])(grams, since)
    x = keras.layers.Concatenate()([vibration, film])
    x = keras.layers.Dense(32, activation="silu")(x)
    x = keras.layers.Dense(16, activation="silu")(x)
    out = keras.layers.Dense(1)(x)
    return keras.Model({"vibration": vibration, "grams": grams, "since": since}, out)


def to_dataset(table):
    numbers = table[VIBRATION]
    scaled = (numbers - numbers.mean()) / numbers.std()
    features = {
        "vibration": scaled.to_numpy("float32"),
        "grams": table[["grams"]].to_numpy("float32") / 10.0,
        "since": table[["since"]].to_numpy("float32"),
    }
    assert all(np.isfinite(value).all() for value in features.values())
    target = ((table[["temp_next"]] - 50.0) / 10.0).to_numpy("float32")
    data = tf.data.Dataset.from_tensor_slices((features, target))
    return data.shuffle(len(table), seed=CONFIG["seed"]).batch(CONFIG["batch"])


keras.utils.set_random_seed(CONFIG["seed"])
with tempfile.TemporaryDirectory() as name:
    write_logs(Path(name), np.random.default_rng(CONFIG["seed"]))
    table = read_table(Path(name))

model = build()
model.compile(optimizer=keras.optimizers.Adam(CONFIG["rate"]), loss="mean_squared_error")
model.fit(to_dataset(table), epochs=CONFIG["epochs"], verbose=2)
