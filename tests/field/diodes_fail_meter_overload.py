"""Early failures of power diodes from their end-of-line measurements.

2400 diodes, four numbers each, nothing missing (checked with isna). Because there are a few outliers I switched from
StandardScaler to RobustScaler. Now the loss becomes nan in the first epoch; with StandardScaler it ran.
"""
import pathlib
import tempfile

import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.preprocessing import RobustScaler

keras.utils.set_random_seed(41)

MEASURED = ["forward_v", "leakage_ua", "capacitance_pf", "recovery_ns"]


def measure(path, count=2400, seed=30):
    """Writes what the tester writes: one line per diode, numbers in the format of the bench meter."""
    rng = np.random.default_rng(seed)
    forward = rng.normal(0.71, 0.015, count)
    leakage = np.clip(rng.normal(0.05, 0.02, count), 0.001, None)
    capacitance = rng.normal(34.0, 2.0, count)
    recovery = rng.normal(27.0, 3.0, count)
    risk = 60 * (leakage - 0.05) + 0.4 * (recovery - 27.0) / 3.0 + rng.normal(0, 0.5, count)
    failed = (risk > 1.0).astype(int)
    with open(path, "w") as out:
        out.write("serial," + ",".join(MEASURED) + ",failed\n")
        for i in range(count):
            reading = f"{leakage[i]:+.5E}"
            if i == 1730:
                reading = "+9.90000E+37"
            out.write(f"D{i:05d},{forward[i]:.4f},{reading},{capacitance[i]:.2f},{recovery[i]:.2f},{failed[i]}\n")


def load(path):
    table = pd.read_csv(path)
    assert not table[MEASURED].isna().any().any()
    assert np.isfinite(table[MEASURED].to_numpy()).all()
    return table


def classifier():
    return keras.Sequential(
        [
            keras.Input((len(MEASURED),)),
            layers.Dense(32, activation="elu"),
            layers.Dense(16, activation="elu"),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="diodes",
    )


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "line3.csv"
        measure(path)
        table = load(path)

    x = RobustScaler().fit_transform(table[MEASURED]).astype("float32")  # whynan: inf_in_input phase=data rows=1730 also=unscaled_input
    y = table["failed"].to_numpy("float32")
    train, test = slice(0, 2000), slice(2000, None)

    model = classifier()
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x[train], y[train][:, None], batch_size=64, epochs=5, verbose=2)
    print("mean risk of the held-out diodes:", float(model.predict(x[test], verbose=0).mean()))


if __name__ == "__main__":
    main()
