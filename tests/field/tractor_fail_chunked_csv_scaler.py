"""Fuel rate of a tractor from its CAN bus log.

The log is too large for memory on the box it runs on, so it is read in chunks. The loss goes down nicely for
twelve chunks and then everything is nan. I divide by std + 1e-8, so a stuck signal is not the problem.
"""
import os
import tempfile

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(7)

SIGNALS = ["engine_rpm", "pto_torque", "ground_speed", "draft_force", "oil_temp"]
CHUNK = 64


def record_log(path):
    """5 minute means from the field computer, Monday morning to Wednesday night."""
    rng = np.random.default_rng(21)
    stamp = pd.date_range("2024-05-06 06:00", "2024-05-08 22:00", freq="5min")
    n = len(stamp)
    load = 0.5 + 0.4 * np.sin(np.arange(n) / 17.0) + 0.05 * rng.normal(size=n)
    log = pd.DataFrame(
        {
            "time": stamp,
            "engine_rpm": 1400 + 500 * load + 30 * rng.normal(size=n),
            "pto_torque": 220 * load + 12 * rng.normal(size=n),
            "ground_speed": 9 - 3 * load + 0.4 * rng.normal(size=n),
            "draft_force": 14 + 25 * load + 2 * rng.normal(size=n),
            "oil_temp": 82 + 6 * load + rng.normal(size=n),
        }
    )
    log["fuel_l_per_h"] = 8 + 18 * load + 0.3 * rng.normal(size=n)
    log.to_csv(path, index=False, float_format="%.3f")


class ChunkTrainer:
    def __init__(self, model, path):
        self.model = model
        self.path = path
        self.history = []

    def chunks(self):
        for chunk in pd.read_csv(self.path, chunksize=CHUNK, parse_dates=["time"]):
            yield self.prepare(chunk)

    @staticmethod
    def prepare(chunk):
        raw = chunk[SIGNALS]
        scaled = (raw - raw.mean()) / (raw.std() + 1e-8)  # whynan: single_element_variance phase=data rows=0 also=nan_in_input
        target = chunk[["fuel_l_per_h"]] / 10.0
        return scaled.to_numpy("float32"), target.to_numpy("float32")

    def run(self, epochs):
        for epoch in range(epochs):
            losses = [float(self.model.train_on_batch(x, y, return_dict=True)["loss"]) for x, y in self.chunks()]
            self.history.append(losses[-1])
            print(f"epoch {epoch}: first chunk {losses[0]:.4f}  last chunk {losses[-1]:.4f}")


def main():
    model = keras.Sequential(
        [
            keras.Input((len(SIGNALS),)),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.RMSprop(3e-3), loss="mae")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "canbus.csv")
        record_log(path)
        ChunkTrainer(model, path).run(epochs=3)


main()
