"""Lap time model for track sprinters.

Stage 1 learns from a whole season of training laps, stage 2 adapts the
network to the laps ridden at the championship (same riders' cohort, new track).
"""
import logging
import os
import tempfile
from dataclasses import dataclass

import numpy as np
import pandas as pd
import keras

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
log = logging.getLogger("laps")

COLS = ["cadence", "power", "gear_m", "heart_rate"]
TRACKS = 3


@dataclass
class Config:
    seed: int = 11
    season_epochs: int = 6
    champ_epochs: int = 8
    batch_size: int = 32
    lr: float = 2e-3
    champ_lr: float = 3e-4
    out_dir: str = ""


def ride(rng, rider, track):
    """Simulate one row per entry of `rider`."""
    n = len(rider)
    strength = np.random.default_rng(5).normal(0, 1, 200)[rider]
    power = 780 + 60 * strength + rng.normal(0, 35, n)
    cadence = 118 + 3 * strength + rng.normal(0, 4, n)
    gear = 8.3 + 0.2 * strength + rng.normal(0, 0.1, n)
    hr = 176 - 2 * strength + rng.normal(0, 5, n)
    t = 15.2 - 0.006 * (power - 780) - 0.02 * (cadence - 118)
    t = t + 0.25 * track + rng.normal(0, 0.08, n)
    return pd.DataFrame({"rider": rider, "track": track, "cadence": cadence, "power": power,
                         "gear_m": gear, "heart_rate": hr, "lap_s": t})


def season_table(rng, riders=40, laps=40):
    rider = np.repeat(np.arange(riders), laps)
    return ride(rng, rider, rng.integers(0, 2, len(rider)))


def championship_table(rng, first=40, riders=30):
    heats = np.full(riders, 10)
    eliminated = [4, 21]
    heats[eliminated] = 1
    rider = np.repeat(np.arange(first, first + riders), heats)
    return ride(rng, rider, np.full(len(rider), 2))


def relative_form(df):
    """How a lap compares with what this rider usually does."""
    by_rider = df.groupby("rider")[COLS]
    return (df[COLS] - by_rider.transform("mean")) / by_rider.transform("std")  # whynan: single_element_variance phase=data also=nan_in_input rows=40,201


class LapSet:
    def __init__(self, df, t_mean, t_std):
        track = np.eye(TRACKS)[df["track"].to_numpy()]
        level = (df[["power"]].to_numpy() - 780.0) / 60.0
        self.x = np.concatenate([relative_form(df).to_numpy(), level, track], axis=1).astype("float32")
        self.y = ((df["lap_s"].to_numpy() - t_mean) / t_std).astype("float32")[:, None]

    def __len__(self):
        return len(self.x)


def build(n_features):
    inp = keras.Input((n_features,))
    h = keras.layers.Dense(48, activation="swish", name="base_1")(inp)
    h = keras.layers.Dense(48, activation="swish", name="base_2")(h)
    h = keras.layers.Dense(16, activation="tanh", name="top")(h)
    return keras.Model(inp, keras.layers.Dense(1, name="lap")(h))


class Trainer:
    def __init__(self, model, cfg):
        self.model, self.cfg = model, cfg

    def _run(self, name, data, lr, epochs):
        path = os.path.join(self.cfg.out_dir, f"{name}.weights.h5")
        self.model.compile(keras.optimizers.Adam(lr), loss="mse", metrics=["mae"])
        best = keras.callbacks.ModelCheckpoint(path, monitor="val_loss", save_best_only=True,
                                               save_weights_only=True)
        hist = self.model.fit(data.x, data.y, batch_size=self.cfg.batch_size, epochs=epochs,
                              validation_split=0.15, callbacks=[best], verbose=0)
        for e, (a, b) in enumerate(zip(hist.history["loss"], hist.history["val_loss"])):
            log.info("%s epoch %d loss %.4f val %.4f", name, e, a, b)
        return path

    def season(self, data):
        return self._run("season", data, self.cfg.lr, self.cfg.season_epochs)

    def championship(self, data, start):
        self.model.load_weights(start)
        self.model.get_layer("base_1").trainable = False
        return self._run("champ", data, self.cfg.champ_lr, self.cfg.champ_epochs)


def main():
    cfg = Config()
    keras.utils.set_random_seed(cfg.seed)
    rng = np.random.default_rng(cfg.seed)
    with tempfile.TemporaryDirectory() as tmp:
        cfg.out_dir = tmp
        season, champ = season_table(rng), championship_table(rng)
        mu, sd = season["lap_s"].mean(), season["lap_s"].std()
        season_set = LapSet(season, mu, sd)
        champ_set = LapSet(champ, mu, sd)
        log.info("%d season laps, %d championship laps", len(season_set), len(champ_set))
        trainer = Trainer(build(season_set.x.shape[1]), cfg)
        ckpt = trainer.season(season_set)
        trainer.championship(champ_set, ckpt)


if __name__ == "__main__":
    main()
