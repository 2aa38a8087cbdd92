"""Closure risk of small shops.

1. pre-train a trunk on all retail shops of the register (predict the margin)
2. keep its weights on disk
3. re-use the frozen trunk for the few haberdashers: will the shop close?
"""
import os
import tempfile

import numpy as np
import pandas as pd
import keras
from keras import layers

FEATURES = ["turnover_eur", "staff", "floor_m2", "rent_m2", "years_open", "footfall_h"]


def register(n, seed, scale=1.0):
    rng = np.random.default_rng(seed)
    shops = pd.DataFrame(
        {
            "turnover_eur": np.exp(rng.normal(13.1, 0.7, n)) * scale,
            "staff": rng.poisson(4, n) + 1,
            "floor_m2": rng.gamma(5, 30, n),
            "rent_m2": rng.gamma(6, 4, n),
            "years_open": rng.exponential(12, n),
            "footfall_h": rng.gamma(3, 25, n),
        }
    )
    cost = 31_000 * shops.staff + 12 * shops.rent_m2 * shops.floor_m2
    shops["margin"] = np.tanh(0.4 - cost / shops.turnover_eur + rng.normal(0, 0.1, n))
    risk = -1.2 - 2.0 * shops.margin - 0.03 * shops.years_open
    shops["closed"] = (rng.random(n) < 1 / (1 + np.exp(-risk))).astype("int32")
    return shops


def build_trunk():
    return keras.Sequential(
        [
            keras.Input((len(FEATURES),)),
            layers.BatchNormalization(),
            layers.Dense(32, activation="tanh"),
            layers.Dense(16, activation="tanh"),
        ],
        name="trunk",
    )


def save_small(model, path):
    """Half precision halves the file, and the difference in accuracy is nil."""
    arrays = {f"w{i:02d}": w.astype("float16") for i, w in enumerate(model.get_weights())}  # whynan: nan_in_initial_weights phase=data|forward|update also=float16_overflow
    np.savez_compressed(path, **arrays)


def load_small(model, path):
    with np.load(path) as kept:
        model.set_weights([kept[k].astype("float32") for k in sorted(kept.files)])


def pretrain(path):
    shops = register(2400, seed=1)
    trunk = build_trunk()
    model = keras.Sequential([trunk, layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
    history = model.fit(
        shops[FEATURES].to_numpy("float32"),
        shops["margin"].to_numpy("float32"),
        batch_size=64, epochs=8, validation_split=0.1, verbose=0,
    ).history
    print("margin mse  train %.4f  valid %.4f" % (history["loss"][-1], history["val_loss"][-1]))
    save_small(trunk, path)


def closures(path):
    shops = register(420, seed=2, scale=0.6)
    trunk = build_trunk()
    load_small(trunk, path)
    trunk.trainable = False
    model = keras.Sequential([trunk, layers.Dense(8, activation="tanh"), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(
        shops[FEATURES].to_numpy("float32"),
        shops["closed"].to_numpy("float32"),
        batch_size=32, epochs=10, validation_split=0.2, verbose=2,
    )


if __name__ == "__main__":
    keras.utils.set_random_seed(64)
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = os.path.join(folder, "trunk.npz")
        pretrain(checkpoint)
        closures(checkpoint)
