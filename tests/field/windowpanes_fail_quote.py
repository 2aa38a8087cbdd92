"""Quote model for the glazing shop: hours of work from the order sheet."""
import os
import tempfile

import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(71)


def export_orders(path, n=1800):
    g = np.random.default_rng(71)
    orders = pd.DataFrame({
        "order": np.arange(50_000, 50_000 + n),
        "width_cm": g.integers(35, 160, n),
        "height_cm": g.integers(40, 170, n),
        "layers": g.choice([1, 2, 3], n, p=[0.15, 0.6, 0.25]),
        "floor": g.integers(0, 6, n),
        "toughened": g.random(n) < 0.3,
        "frame": g.choice(["wood", "pvc", "alu"], n),
    })
    # shop fronts ordered by the bakery chain
    for row, (w, h) in {88: (260, 190), 731: (240, 210), 1204: (225, 185)}.items():
        orders.loc[row, ["width_cm", "height_cm"]] = (w, h)
    area = orders.width_cm * orders.height_cm / 1e4
    hours = 0.8 * area ** 0.7 * (1 + 0.25 * orders.layers) + 0.12 * orders.floor
    hours += 0.3 * orders.toughened + (orders.frame == "wood") * 0.4
    orders["hours"] = (hours * g.lognormal(0, 0.1, n)).round(2)
    orders.to_csv(path, index=False)


def load(path):
    df = pd.read_csv(path, dtype={
        "width_cm": "int16", "height_cm": "int16",
        "layers": "int8", "floor": "int8",
        "frame": "category",
    })
    df["log_area"] = np.log(df["width_cm"] * df["height_cm"])  # whynan: int_overflow phase=data also=log_of_negative rows=88,731,1204
    df["aspect"] = df["width_cm"] / df["height_cm"]
    df["toughened"] = df["toughened"].astype("float32")
    frames = pd.get_dummies(df["frame"], prefix="frame", dtype="float32")
    cols = ["log_area", "aspect", "layers", "floor", "toughened"]
    X = pd.concat([df[cols], frames], axis=1)
    num = ["log_area", "aspect", "layers", "floor"]
    X[num] = (X[num].astype("float64") - X[num].mean()) / X[num].std()
    return X.to_numpy("float32"), df["hours"].to_numpy("float32")


def make_model(n_in):
    inp = layers.Input((n_in,))
    x = layers.Dense(48, activation="tanh")(inp)
    x = layers.Dense(24, activation="tanh")(x)
    out = layers.Dense(1)(x)
    model = keras.Model(inp, out)
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
    return model


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as tmp:
        csv = os.path.join(tmp, "orders.csv")
        export_orders(csv)
        X, y = load(csv)
    print("features", X.shape, "hours", y.min(), "-", y.max())
    model = make_model(X.shape[1])
    model.fit(X, y, epochs=5, batch_size=64, verbose=2)
    print("first quotes", model.predict(X[:5], verbose=0).ravel())
