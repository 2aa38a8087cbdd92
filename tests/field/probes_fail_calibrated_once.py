"""Vent controller for the glasshouse: predicts how far the roof vents will open from five CO2 probes.

Every probe is normalised with the numbers of its own calibration log, baked into the model so that it can be deployed as
one file. I checked the means and the readings by hand, all plausible. Still: loss: nan in epoch 1, and predict() gives nan
even before training, so it cannot be the optimizer.
"""
import io

import numpy as np
import pandas as pd

import keras
from keras import layers

keras.utils.set_random_seed(404)

PROBES = ["north", "south", "bench", "roof", "door"]

CALIBRATION_LOG = """\
probe,day,ppm
north,2024-02-01,402.0
south,2024-02-01,431.5
bench,2024-02-01,655.0
door,2024-02-01,399.0
north,2024-02-08,611.0
south,2024-02-08,702.5
bench,2024-02-08,880.0
door,2024-02-08,476.0
north,2024-02-15,845.5
south,2024-02-15,930.0
bench,2024-02-15,1105.0
door,2024-02-15,560.5
roof,2024-02-19,712.0
north,2024-02-22,508.0
south,2024-02-22,570.0
bench,2024-02-22,741.0
door,2024-02-22,431.0
"""


def calibration():
    log = pd.read_csv(io.StringIO(CALIBRATION_LOG), parse_dates=["day"])
    stats = log.groupby("probe")["ppm"].agg(["mean", "var", "count"])  # whynan: single_element_variance phase=data|forward also=nan_in_input
    stats = stats.loc[PROBES]
    assert (stats["count"] > 0).all(), "a probe was never calibrated"
    assert stats["mean"].between(300, 2000).all()
    return stats


def simulate_week(n, seed):
    rng = np.random.default_rng(seed)
    hour = rng.uniform(0.0, 24.0, size=n)
    base = 650.0 + 220.0 * np.cos(2.0 * np.pi * (hour - 5.0) / 24.0)
    offset = np.array([0.0, 40.0, 190.0, 70.0, -120.0])
    ppm = base[:, None] + offset + rng.normal(0.0, 25.0, size=(n, len(PROBES)))
    vent = 1.0 / (1.0 + np.exp((ppm.mean(axis=1) - 690.0) / 80.0)) + rng.normal(0.0, 0.02, size=n)
    return ppm.astype("float32"), np.clip(vent, 0.0, 1.0).astype("float32")[:, None]


def vent_model(stats):
    ppm = keras.Input((len(PROBES),), name="ppm")
    x = layers.Normalization(
        axis=-1,
        mean=stats["mean"].to_numpy("float32"),
        variance=stats["var"].to_numpy("float32"),
        name="calibrated",
    )(ppm)
    x = layers.Dense(24, activation="tanh")(x)
    skip = x
    x = layers.Dense(24, activation="tanh")(x)
    x = layers.Add()([x, skip])
    opening = layers.Dense(1, activation="sigmoid", name="opening")(x)
    return keras.Model(ppm, opening, name="vents")


def main():
    ppm, vent = simulate_week(640, seed=9)
    model = vent_model(calibration())
    model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss="mse", metrics=["mae"])
    model.fit(ppm, vent, batch_size=32, epochs=4, verbose=2)
    print("suggested opening:", model.predict(ppm[:3], verbose=0).ravel())


main()
