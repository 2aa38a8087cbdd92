"""Nutrient control in a lettuce greenhouse: predict EC two hours ahead from the last six hours of the logger.

Was fine on the full log of last year. Now I train on the first months only (honest split) and the loss is nan in step 1
with any learning rate. The raw log has no gaps. clipnorm, a smaller GRU and float64 in numpy make no difference.
"""
import dataclasses
import json
import tempfile
from pathlib import Path

import keras
import numpy as np

np.seterr(all="ignore")

CHANNELS = ("ec", "ph", "water_temp", "air_temp", "lamp", "main_pump", "backup_pump")


@dataclasses.dataclass
class Plan:
    quarter_hours: int = 2400
    train_share: float = 0.6
    window: int = 24
    ahead: int = 8
    stride: int = 4
    batch: int = 32
    units: int = 16
    epochs: int = 3
    seed: int = 27
    folder: Path = dataclasses.field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="hydro_")))


# ------------------------------------------------------------------ logger
def read_logger(plan):
    rng = np.random.default_rng(plan.seed)
    t = np.arange(plan.quarter_hours)
    day = 2 * np.pi * t / 96.0
    lamp = ((t % 96) > 24) & ((t % 96) < 88)
    main_pump = (t % 4 == 0).astype(float)
    backup_pump = np.zeros(plan.quarter_hours)
    failure = slice(int(0.8 * plan.quarter_hours), int(0.83 * plan.quarter_hours))
    backup_pump[failure], main_pump[failure] = main_pump[failure], 0.0
    air = 21 + 2.5 * np.sin(day - 1.5) + rng.normal(0, 0.3, t.size)
    water = 19.5 + 0.8 * np.sin(day - 2.2) + rng.normal(0, 0.1, t.size)
    drift = np.cumsum(rng.normal(0, 0.01, t.size))
    ec = 1.8 + 0.15 * np.sin(day / 3) + 0.2 * np.tanh(drift) + rng.normal(0, 0.01, t.size)
    ph = 5.9 - 0.2 * (ec - 1.8) + rng.normal(0, 0.02, t.size)
    return np.column_stack([ec, ph, water, air, lamp, main_pump, backup_pump]).astype("float32")


# ------------------------------------------------------------------ statistics, shared with the controller on site
class Scaler:
    def __init__(self, mean, std):
        self.mean, self.std = np.asarray(mean, "float32"), np.asarray(std, "float32")

    @classmethod
    def measured(cls, log):
        return cls(log.mean(axis=0), log.std(axis=0))

    @classmethod
    def load(cls, path):
        stored = json.loads(path.read_text())
        return cls([stored[c]["mean"] for c in CHANNELS], [stored[c]["std"] for c in CHANNELS])

    def save(self, path):
        rows = zip(CHANNELS, self.mean.tolist(), self.std.tolist())
        path.write_text(json.dumps({c: {"mean": m, "std": s} for c, m, s in rows}, indent=1))
        return path

    def __call__(self, block):
        return (block - self.mean) / self.std  # whynan: zero_variance_normalisation phase=data also=divide_by_zero,nan_in_input

    def target(self, ec, eps=1e-6):
        return (ec - self.mean[0]) / (self.std[0] + eps)


# ------------------------------------------------------------------ batches
class Windows(keras.utils.PyDataset):
    def __init__(self, log, scaler, plan, shuffle=True):
        super().__init__(workers=1, use_multiprocessing=False)
        self.log, self.scaler, self.plan, self.shuffle = log, scaler, plan, shuffle
        self.starts = np.arange(0, len(log) - plan.window - plan.ahead, plan.stride)
        self.rng = np.random.default_rng(plan.seed)

    def __len__(self):
        return int(np.ceil(len(self.starts) / self.plan.batch))

    def __getitem__(self, index):
        starts = self.starts[index * self.plan.batch:(index + 1) * self.plan.batch]
        windows = np.stack([self.log[s:s + self.plan.window] for s in starts])
        future = np.array([self.log[s + self.plan.window + self.plan.ahead - 1, 0] for s in starts])
        return self.scaler(windows), self.scaler.target(future)[:, None]

    def on_epoch_end(self):
        if self.shuffle:
            self.rng.shuffle(self.starts)


def forecaster(plan):
    inputs = keras.Input((plan.window, len(CHANNELS)))
    x = keras.layers.GRU(plan.units)(inputs)
    x = keras.layers.Dense(8, activation="tanh")(x)
    return keras.Model(inputs, keras.layers.Dense(1)(x), name="ec_ahead")


def main(plan):
    keras.utils.set_random_seed(plan.seed)
    log = read_logger(plan)
    assert np.isfinite(log).all(), "gap in the log"
    cut = int(plan.train_share * len(log))
    past, rest = log[:cut], log[cut:]
    scaler = Scaler.load(Scaler.measured(past).save(plan.folder / "scaler.json"))

    model = forecaster(plan)
    model.compile(keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse")
    model.fit(Windows(past, scaler, plan), epochs=plan.epochs, verbose=2,
              callbacks=[keras.callbacks.ModelCheckpoint(plan.folder / "last.weights.h5", save_weights_only=True)])
    print("later months:", model.evaluate(Windows(rest, scaler, plan, shuffle=False), verbose=0))


if __name__ == "__main__":
    main(Plan())
