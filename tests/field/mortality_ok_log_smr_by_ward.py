"""County hospital: risk of death at admission, with the mortality ratio of each ward per epoch.

The loss falls as it should, but the quality report shows -inf and nan in every epoch and the
colleagues ask whether the network is broken.
"""
import tempfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from scipy.special import expit

keras.utils.set_random_seed(2)

INPUTS = ["age", "emergency", "crp", "crp_missing", "beds"]
WARDS = ["surgery", "heart", "lung", "geriatrics", "neurology", "eyes"]


def write_hospital(folder, n=1100):
    rng = np.random.default_rng(20)
    admitted = pd.Timestamp("2023-01-02") + pd.to_timedelta(np.sort(rng.integers(0, 700, n)), unit="D")
    ward = rng.choice(WARDS, n, p=[0.25, 0.2, 0.15, 0.15, 0.13, 0.12])
    age = np.clip(rng.normal(64.0, 16.0, n), 18.0, 98.0).round()
    emergency = (rng.random(n) < 0.45).astype(int)
    crp = rng.lognormal(2.3, 1.1, n).round(1)
    score = -3.4 + 0.05 * (age - 64.0) + 0.9 * emergency + 0.7 * (np.log(crp) - 2.3)
    died = (rng.random(n) < expit(score)) & (ward != "eyes")
    pd.DataFrame({
        "admitted": admitted, "ward": ward, "age": age, "emergency": emergency,
        "crp": np.where(rng.random(n) < 0.1, np.nan, crp), "died": died.astype(int),
    }).to_csv(folder / "admissions.csv", sep=";", decimal=",", index=False)
    # the heart ward is listed twice since the extension
    pd.DataFrame({
        "ward": WARDS + ["heart"], "beds": [48, 36, 30, 40, 28, 12, 44],
    }).to_csv(folder / "wards.csv", sep=";", index=False)


def read_hospital(folder):
    admissions = pd.read_csv(folder / "admissions.csv", sep=";", decimal=",", parse_dates=["admitted"])
    wards = pd.read_csv(folder / "wards.csv", sep=";").drop_duplicates("ward", keep="last")
    table = admissions.merge(wards, on="ward", how="left", validate="many_to_one")
    table["crp_missing"] = table["crp"].isna().astype(int)
    table["crp"] = np.log1p(table["crp"].fillna(table["crp"].median()))
    cut = int(0.7 * len(table))
    return table.iloc[:cut], table.iloc[cut:]


class WardReport(keras.callbacks.Callback):
    """Observed over expected deaths of the held-out months, on the log scale."""

    def __init__(self, rows, x):
        super().__init__()
        self.rows = rows
        self.x = x
        self.lines = []

    def on_epoch_end(self, epoch, logs=None):
        risk = expit(self.model.predict(self.x, verbose=0)[:, 0])
        sums = pd.DataFrame({
            "ward": self.rows["ward"].to_numpy(),
            "observed": self.rows["died"].to_numpy(),
            "expected": risk,
        }).groupby("ward").sum()
        log_smr = np.log(sums["observed"] / sums["expected"])  # whynan: side_nonfinite
        line = {"epoch": epoch + 1, "mean_log_smr": log_smr.mean(), "sd_log_smr": log_smr.std()}
        self.lines.append(line)
        if logs is not None:
            logs["val_mean_log_smr"] = float(line["mean_log_smr"])
            logs["val_sd_log_smr"] = float(line["sd_log_smr"])


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_hospital(folder)
        train, valid = read_hospital(folder)
    x_train, x_valid = (part[INPUTS].to_numpy("float32") for part in (train, valid))
    y_train, y_valid = (part[["died"]].to_numpy("float32") for part in (train, valid))

    scale = keras.layers.Normalization()
    scale.adapt(x_train)
    inputs = keras.Input((len(INPUTS),))
    h = keras.layers.Dense(16, activation="relu")(scale(inputs))
    model = keras.Model(inputs, keras.layers.Dense(1)(h))
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    report = WardReport(valid, x_valid)
    history = model.fit(
        x_train, y_train, validation_data=(x_valid, y_valid),
        batch_size=32, epochs=8, callbacks=[report], verbose=0,
    )
    print(pd.DataFrame(report.lines).to_string(index=False))
    print("loss:", [round(v, 4) for v in history.history["loss"]])


if __name__ == "__main__":
    main()
