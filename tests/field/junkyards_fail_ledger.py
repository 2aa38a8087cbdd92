"""What should we pay for a load of scrap? Trains from the weighbridge ledger in chunks, it does not fit in memory in production."""
import csv
import os
import tempfile

import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(99)

METALS = {"steel": 0.25, "alu": 1.4, "copper": 6.2, "brass": 3.8, "lead": 1.1}
GRADE = {"A": 1.0, "B": 0.85, "C": 0.6}
CHUNK = 256
N = 2048


def export_ledger(path):
    rng = np.random.default_rng(99)
    with open(path, "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(["ticket", "metal", "grade", "kg", "paid"])
        for i in range(N):
            metal = rng.choice(list(METALS))
            grade = rng.choice(list(GRADE))
            kg = rng.gamma(2.0, 160.0) + 5
            paid = kg * METALS[metal] * GRADE[grade] * np.exp(rng.normal(0, 0.05))
            out.writerow([f"W{i:06d}", metal, grade, f"{kg:.1f}", f"{paid:,.2f}"])


def ledger_batches(path):
    while True:
        for chunk in pd.read_csv(path, chunksize=CHUNK):
            paid = pd.to_numeric(chunk["paid"], errors="coerce")  # whynan: nan_in_label phase=data
            y = np.log(paid.to_numpy("float32")) - 5.0
            kg = np.log(chunk["kg"].to_numpy("float32")) - 5.5
            metal = np.stack([(chunk["metal"] == m).to_numpy("float32") for m in METALS], axis=1)
            grade = np.stack([(chunk["grade"] == g).to_numpy("float32") for g in GRADE], axis=1)
            x = np.concatenate([kg[:, None], metal, grade], axis=1)
            yield x, y[:, None]


def build():
    net = keras.Sequential(
        [
            keras.layers.Input((1 + len(METALS) + len(GRADE),)),
            keras.layers.Dense(32, activation="elu"),
            keras.layers.Dense(16, activation="elu"),
            keras.layers.Dense(1),
        ]
    )
    net.compile(optimizer=keras.optimizers.Nadam(3e-3), loss=keras.losses.LogCosh())
    return net


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "ledger.csv")
        export_ledger(path)
        net = build()
        net.fit(ledger_batches(path), steps_per_epoch=N // CHUNK, epochs=6, verbose=2)
        x, y = next(ledger_batches(path))
        offer = np.exp(net.predict(x[:4], verbose=0)[:, 0] + 5.0)
        print("offers:", offer.round(2), "paid:", np.exp(y[:4, 0] + 5.0).round(2))


if __name__ == "__main__":
    main()
