"""Predict the final acidity of a kombucha batch from the first two days of the ferment."""
import re

import numpy as np
import keras
from keras import layers

RUNFILE = """
# run 14, same as 13 but a bit slower
name:          kombucha-acid
learning_rate: 5e-3
momentum:      0.9
hidden:        16
batch_size:    40
epochs:        10
holdout:       0.2
"""


def read_runfile(text):
    values = {}
    for line in text.splitlines():
        found = re.match(r"\s*(\w+)\s*:\s*([\d.]+)", line)
        if found:
            values[found.group(1)] = float(found.group(2))
    return values


def brew(n, rng):
    sugar = rng.normal(62, 9, n)            # g/l at the start
    tea = rng.normal(7.5, 1.5, n)           # g/l leaves
    temp = rng.normal(25.5, 2.2, n)         # deg C, mean of 48 h
    starter = rng.uniform(0.06, 0.18, n)    # share of old liquid
    ph48 = 4.4 - 4.5 * starter - 0.05 * (temp - 25) + rng.normal(0, 0.08, n)
    scoby = rng.gamma(4.0, 2.0, n)          # mm
    acid = (
        5.5
        + 0.04 * (sugar - 62)
        + 0.5 * np.tanh((temp - 25) / 2)
        - 1.3 * (ph48 - 3.8)
        + 0.05 * scoby
        + 0.08 * (tea - 7.5)
        + rng.normal(0, 0.3, n)
    )
    return np.stack([sugar, tea, temp, starter, ph48, scoby], axis=1), acid


def standardise(a):
    return ((a - a.mean(axis=0)) / a.std(axis=0)).astype("float32")


def build(cfg, n_features):
    model = keras.Sequential(
        [
            keras.Input(shape=(n_features,)),
            layers.Dense(int(cfg["hidden"]), activation="tanh"),
            layers.Dense(1),
        ]
    )
    opt = keras.optimizers.SGD(cfg["learning_rate"], momentum=cfg["momentum"])
    model.compile(optimizer=opt, loss="mse", metrics=["mae"])
    return model


def main():
    keras.utils.set_random_seed(14)
    cfg = read_runfile(RUNFILE)
    X, y = brew(1500, np.random.default_rng(14))
    X, y = standardise(X), standardise(y[:, None])

    cut = int(len(X) * (1 - cfg["holdout"]))
    model = build(cfg, X.shape[1])
    history = model.fit(X[:cut], y[:cut], batch_size=int(cfg["batch_size"]), epochs=int(cfg["epochs"]), verbose=2)  # whynan: learning_rate_too_high phase=loss
    mse, mae = model.evaluate(X[cut:], y[cut:], verbose=0)
    print("holdout mse %.3f mae %.3f after %d epochs" % (mse, mae, len(history.epoch)))


if __name__ == "__main__":
    main()
