"""How long does a vaporetto stay at the pontoon? Shards on disk, model from the shards."""
import logging
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import keras

logging.basicConfig(level=logging.INFO, format="%(levelname)s | %(message)s")
LOG = logging.getLogger("vaporettos")

COLUMNS = ["second_of_day", "passengers", "tide_cm", "wind_kn", "line", "delay_s"]
# fixed ranges, the same ones as in the app
SCALE = {"second_of_day": 86400.0, "passengers": 210.0, "tide_cm": 140.0,
         "wind_kn": 40.0, "line": 20.0, "delay_s": 900.0}


class Landings:
    """Synthetic stand-in for the ticketing system's landing table."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def day(self, n=400):
        r = self.rng
        t = np.sort(r.uniform(5 * 3600, 23.5 * 3600, n))
        rush = np.exp(-((t / 3600 - 8.5) ** 2) / 4) + np.exp(-((t / 3600 - 17.5) ** 2) / 5)
        df = pd.DataFrame(
            {
                "second_of_day": t.round(),
                "passengers": r.poisson(30 + 110 * rush),
                "tide_cm": 55 + 40 * np.sin(2 * np.pi * t / 44700) + r.normal(0, 4, n),
                "wind_kn": r.gamma(3, 2.5, n),
                "line": r.integers(1, 20, n),
                "delay_s": r.exponential(90, n),
            }
        )
        stay = 25 + 0.35 * df.passengers + 0.4 * df.wind_kn + r.normal(0, 6, n)
        df["stay_s"] = stay.clip(lower=8)
        return df


def write_shards(folder, n_days, source):
    """Half precision halves the bucket bill."""
    for d in range(n_days):
        df = source.day()
        feats = df[COLUMNS].to_numpy()
        np.savez_compressed(
            folder / f"day_{d:03d}.npz",
            x=feats.astype(np.float16),  # whynan: float16_overflow phase=data also=inf_in_input
            y=df["stay_s"].to_numpy().astype(np.float32),
        )
    LOG.info("wrote %d shards, %d kB", n_days,
             sum(f.stat().st_size for f in folder.iterdir()) // 1024)


def read_shard(path):
    with np.load(path) as z:
        x = z["x"].astype(np.float32)
        y = z["y"]
    x = x / np.array([SCALE[c] for c in COLUMNS], np.float32)
    return x, y[:, None] / 60.0


def make_model(width=32):
    model = keras.Sequential(
        [
            keras.Input((len(COLUMNS),)),
            keras.layers.Dense(width, activation="elu"),
            keras.layers.Dense(width, activation="elu"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mae")
    return model


def train(model, shards, epochs, batch):
    order = np.random.default_rng(0)
    for epoch in range(epochs):
        losses = []
        for path in order.permutation(shards):
            x, y = read_shard(path)
            for i in range(0, len(x), batch):
                losses.append(float(model.train_on_batch(x[i:i + batch], y[i:i + batch])))
            LOG.debug("%s %.3f", Path(path).name, losses[-1])
        LOG.info("epoch %d: mean abs error %.3f min", epoch, np.mean(losses))


def main(n_days=9, epochs=3, batch=40):
    keras.utils.set_random_seed(100)
    with tempfile.TemporaryDirectory(prefix="landings_") as tmp:
        folder = Path(tmp)
        write_shards(folder, n_days, Landings(seed=100))
        shards = sorted(str(p) for p in folder.glob("day_*.npz"))
        model = make_model()
        train(model, shards[:-1], epochs, batch)
        x, y = read_shard(shards[-1])
        guess = model.predict(x, verbose=0)
    print("last day, mean abs error in seconds:", 60 * float(np.abs(guess - y).mean()))


if __name__ == "__main__":
    main()
