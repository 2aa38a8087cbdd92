"""Energy advice office of the town: heating demand of a house from the visit form.

loss: nan, val_loss: nan from the first epoch. Tried a smaller learning rate, gradient clipping
and batch normalisation; the same. The form table has no missing values (there is an assert).
"""
import math
import tempfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(6)

INPUTS = ["floor_area", "built", "insulation_cm", "r_wall", "window_share", "people"]


def write_forms(path, n=520):
    rng = np.random.default_rng(606)
    conductivity = rng.choice([0.024, 0.032, 0.035, 0.040, 0.045], n)
    thickness = rng.choice([6, 8, 10, 12, 14, 16, 20], n)
    built = rng.integers(1905, 2012, n)
    area = rng.normal(135.0, 30.0, n).clip(60.0, 260.0)
    windows = rng.uniform(0.1, 0.35, n)
    u_wall = 1.0 / (0.5 + thickness / 100.0 / conductivity)
    demand = 40.0 + 260.0 * u_wall * (1 - windows) + 180.0 * windows + 0.4 * (2012 - built) + rng.normal(0, 6, n)

    typed = []
    for value in conductivity:
        style = rng.random()
        if style < 0.55:
            typed.append(f"{value:.3f}")
        elif style < 0.85:
            typed.append(f"{value:.3f} W/mK")
        else:
            typed.append(f"{value:.3f} W/(mK)".replace(".", ","))
    pd.DataFrame({
        "floor_area": area.round(1), "built": built, "insulation_cm": thickness,
        "conductivity": typed, "window_share": windows.round(2),
        "people": rng.integers(1, 6, n), "demand": demand.round(1),
    }).to_csv(path, sep=";", decimal=",", index=False)


def read_forms(path):
    forms = pd.read_csv(path, sep=";", decimal=",")
    number = forms["conductivity"].str.extract(r"(\d+\.?\d*)", expand=False)
    forms["conductivity"] = pd.to_numeric(number)
    forms["r_wall"] = forms["insulation_cm"] / 100.0 / forms["conductivity"]  # whynan: divide_by_zero phase=data also=inf_in_input,nan_in_input
    assert not forms.isna().any().any(), "empty cells in the form"
    return forms


class Houses(keras.utils.PyDataset):
    def __init__(self, x, y, size, shuffle=False, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.size = x, y, size
        self.order = np.arange(len(x))
        self.rng = np.random.default_rng(0) if shuffle else None
        self.on_epoch_end()

    def __len__(self):
        return math.ceil(len(self.x) / self.size)

    def __getitem__(self, index):
        pick = self.order[index * self.size:(index + 1) * self.size]
        return self.x[pick], self.y[pick]

    def on_epoch_end(self):
        if self.rng is not None:
            self.rng.shuffle(self.order)


def prepare(forms):
    forms = forms.sample(frac=1.0, random_state=1).reset_index(drop=True)
    cut = int(0.8 * len(forms))
    train, valid = forms.iloc[:cut], forms.iloc[cut:]
    mean = train[INPUTS].mean()
    std = train[INPUTS].std().replace(0.0, 1.0)

    def part(rows, **options):
        x = ((rows[INPUTS] - mean) / std).to_numpy("float32")
        y = (rows[["demand"]] / 100.0).to_numpy("float32")
        return Houses(x, y, 32, **options)

    return part(train, shuffle=True), part(valid)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "visits.csv"
        write_forms(path)
        train, valid = prepare(read_forms(path))

    model = keras.Sequential([
        keras.Input((len(INPUTS),)),
        keras.layers.Dense(48, activation="swish"),
        keras.layers.Dense(24, activation="swish"),
        keras.layers.Dense(1),
    ])
    model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse", metrics=["mae"])
    model.fit(train, validation_data=valid, epochs=5, verbose=2)
