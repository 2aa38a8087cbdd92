"""Forecast of a geothermal plant: mean temperature of the brine over a shift that begins in six hours.

Walk-forward training in the order of time. The progress bar shows a good falling loss almost to the end of the first
epoch and then nan. The joined table has no gap (there is an assert) and both columns are standardised.
"""
import io
import os
import tempfile

import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.preprocessing import StandardScaler

CFG = {"hours": 700, "lookback": 24, "lead": 6, "shift": 12, "batch": 32, "epochs": 3}


def write_logs(folder, hours):
    rng = np.random.default_rng(44)
    stamp = pd.date_range("2023-03-01", periods=hours, freq="h")
    clock = np.arange(hours)
    flow = 82.0 + 6.0 * np.sin(2 * np.pi * clock / 24.0) + rng.normal(0.0, 1.2, hours)
    drift = np.cumsum(rng.normal(0.0, 0.05, hours))
    brine = 141.0 + 0.12 * (flow - 82.0) + drift + rng.normal(0.0, 0.2, hours)
    pd.DataFrame({"stamp": stamp, "flow_kg_s": flow.round(2)}).to_csv(os.path.join(folder, "pump.csv"), index=False)
    text = io.StringIO()
    pd.DataFrame({"stamp": stamp, "brine_c": brine.round(2)}).sample(frac=1.0, random_state=1).to_csv(text, index=False)
    with open(os.path.join(folder, "wellhead.csv"), "w") as out:
        out.write(text.getvalue())


def read_plant(folder):
    pump = pd.read_csv(os.path.join(folder, "pump.csv"), parse_dates=["stamp"])
    wellhead = pd.read_csv(os.path.join(folder, "wellhead.csv"), parse_dates=["stamp"])
    plant = pump.merge(wellhead, on="stamp", how="inner").sort_values("stamp").set_index("stamp")
    assert not plant.isna().any().any()
    return plant


class ShiftWindows(keras.utils.PyDataset):
    """Batches of (lookback hours of pump and wellhead, mean brine temperature of the coming shift)."""

    def __init__(self, plant, cfg, **kwargs):
        super().__init__(**kwargs)
        self.cfg = cfg
        self.scaler = StandardScaler()
        scaled = self.scaler.fit_transform(plant[["flow_kg_s", "brine_c"]].to_numpy())
        self.inputs = scaled.astype("float32")
        self.brine = self.inputs[:, 1]
        self.windows = len(self.inputs) - cfg["lookback"]

    def __len__(self):
        return int(np.ceil(self.windows / self.cfg["batch"]))

    def _coming_shift(self, now):
        begin = now + self.cfg["lead"]
        return self.brine[begin:begin + self.cfg["shift"]].mean()  # whynan: empty_reduction phase=data also=nan_in_label

    def __getitem__(self, index):
        first = index * self.cfg["batch"]
        starts = range(first, min(first + self.cfg["batch"], self.windows))
        lookback = self.cfg["lookback"]
        history = np.stack([self.inputs[start:start + lookback] for start in starts])
        shift = np.array([self._coming_shift(start + lookback) for start in starts], dtype="float32")
        return history, shift


def build(lookback):
    return keras.Sequential([
        keras.Input((lookback, 2)),
        layers.Conv1D(16, 5, padding="causal", activation="swish"),
        layers.Conv1D(16, 5, padding="causal", dilation_rate=3, activation="swish"),
        layers.GlobalAveragePooling1D(),
        layers.Dense(1),
    ])


def main(cfg):
    keras.utils.set_random_seed(2)
    with tempfile.TemporaryDirectory() as folder:
        write_logs(folder, cfg["hours"])
        plant = read_plant(folder)
    model = build(cfg["lookback"])
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
    history = model.fit(ShiftWindows(plant, cfg), epochs=cfg["epochs"], shuffle=False, verbose=1)
    print(history.history["loss"])


if __name__ == "__main__":
    main(CFG)
