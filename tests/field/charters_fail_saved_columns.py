"""Charter prices: train on last season, then continue with the bookings of this season.

Last season's columns are kept in a JSON file so that both tables have the same shape. The first training is fine. The
second one starts from those good weights and reports loss nan in the very first epoch. There is nothing missing in the
bookings, I even call fillna.
"""
import json
import pathlib
import tempfile

import keras
import numpy as np
import pandas as pd

CONFIG = {
    "categorical": ["boat", "harbour", "weekday"],
    "numeric": ["guests", "hours", "wind_ms", "booked_days_ahead"],
    "target": "price",
    "epochs": 4,
    "batch": 32,
    "rate": 3e-3,
    "seed": 23,
}
FULL_FLEET = {"sloop": 90.0, "catamaran": 210.0, "motor": 150.0, "traditional": 320.0}
keras.utils.set_random_seed(CONFIG["seed"])


def bookings(n, fleet, inflation, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "boat": rng.choice(list(fleet), n),
            "harbour": rng.choice(["Hoorn", "Medemblik", "Enkhuizen"], n),
            "weekday": rng.choice(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], n),
            "guests": rng.integers(2, 13, n),
            "hours": rng.choice([2, 4, 8], n),
            "wind_ms": rng.gamma(6.0, 1.0, n).round(1),
            "booked_days_ahead": rng.integers(0, 200, n),
        }
    )
    base = frame["boat"].map(fleet)
    weekend = np.where(frame["weekday"].isin(["sat", "sun"]), 1.25, 1.0)
    frame["price"] = inflation * base * frame["hours"] ** 0.8 * weekend * rng.normal(1.0, 0.05, n)
    return frame


def as_table(frame, columns=None):
    frame = frame.dropna(subset=[CONFIG["target"]])
    table = frame[CONFIG["numeric"] + CONFIG["categorical"]].copy()
    table[CONFIG["numeric"]] = table[CONFIG["numeric"]].fillna(0)
    table["booked_days_ahead"] = np.log1p(table["booked_days_ahead"])
    table = pd.get_dummies(table, columns=CONFIG["categorical"])
    if columns is not None:
        table = table.reindex(columns=columns)  # whynan: nan_in_input phase=data
    target = np.log(frame[CONFIG["target"]].to_numpy("float32"))
    return table, target[:, None]


def network(width):
    return keras.Sequential(
        [
            keras.Input((width,)),
            keras.layers.LayerNormalization(),
            keras.layers.Dense(32, activation="selu", kernel_initializer="lecun_normal"),
            keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(6.0)),
        ]
    )


def season(model, table, target, name):
    print(f"--- {name}: {len(table)} bookings, {table.shape[1]} columns")
    x = table.to_numpy(dtype="float32")
    model.fit(x, target, batch_size=CONFIG["batch"], epochs=CONFIG["epochs"], verbose=2)


def main():
    store = pathlib.Path(tempfile.mkdtemp()) / "columns.json"
    table, target = as_table(bookings(480, FULL_FLEET, 1.0, seed=1))
    store.write_text(json.dumps(list(table.columns)))
    model = network(table.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(CONFIG["rate"]), loss="mse")
    season(model, table, target, "last season")

    # the catamaran was sold in winter
    fleet = {name: rate for name, rate in FULL_FLEET.items() if name != "catamaran"}
    table, target = as_table(bookings(320, fleet, 1.06, seed=2), json.loads(store.read_text()))
    season(model, table, target, "this season")


if __name__ == "__main__":
    main()
