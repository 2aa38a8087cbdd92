"""Corrosion risk of house connections from laboratory analyses, trained again every quarter.

The first quarter trains nicely and leaves two files behind: the weights and the scaling of the columns.  When the job
of the next quarter reads both and goes on, the loss is nan in the first epoch, although the new analyses look just
like the old ones and the weights in the file are fine.
"""
import pathlib
import tempfile

import keras
import numpy as np
import pandas as pd

COLUMNS = ["ph", "conductivity_ms_cm", "hardness_mmol_l", "copper_g_l", "lead_g_l"]
FOLDER = pathlib.Path(tempfile.mkdtemp())
WEIGHTS = FOLDER / "corrosion.weights.h5"
SCALING = FOLDER / "scaling.csv"


def analyses(quarter, count=700):
    rng = np.random.default_rng(100 + quarter)
    frame = pd.DataFrame({
        "ph": rng.normal(7.5, 0.35, count),
        "conductivity_ms_cm": rng.gamma(20.0, 0.028, count),
        "hardness_mmol_l": rng.gamma(9.0, 0.24, count),
        "copper_g_l": rng.lognormal(np.log(3e-4), 0.7, count),
        "lead_g_l": rng.lognormal(np.log(4e-6), 0.6, count),
    })
    frame["ph"] = frame["ph"].round(2)
    frame["lead_g_l"] = frame["lead_g_l"].round(7)
    drive = (
        -2.2 * (frame["ph"] - 7.5)
        + 0.8 * np.log(frame["copper_g_l"] / 3e-4)
        + 1.2 * np.log(frame["lead_g_l"].clip(lower=1e-7) / 4e-6)
        - 0.4 * (frame["hardness_mmol_l"] - 2.1)
    )
    frame["corroded"] = (drive + rng.logistic(0, 0.6, count) > 0).astype("float32")
    return frame


def fit_scaling(frame):
    table = frame[COLUMNS].to_numpy("float64")
    return table.mean(axis=0), table.std(axis=0)


def save_scaling(mean, std):
    np.savetxt(SCALING, np.stack([mean, std]), fmt="%.4f", delimiter=",", header=",".join(COLUMNS))


def load_scaling():
    mean, std = np.loadtxt(SCALING, delimiter=",")
    return mean, std


def standardise(frame, mean, std):
    assert (frame[COLUMNS].std() > 0).all(), "a column of this quarter is constant"
    z = (frame[COLUMNS].to_numpy("float64") - mean) / std  # whynan: divide_by_zero phase=data also=zero_variance_normalisation,inf_in_input,nan_in_input
    return z.astype("float32")


def build_model():
    model = keras.Sequential([
        keras.Input((len(COLUMNS),)),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(12, activation="tanh"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def first_quarter():
    keras.utils.set_random_seed(1)
    frame = analyses(1)
    mean, std = fit_scaling(frame)
    model = build_model()
    model.fit(standardise(frame, mean, std), frame["corroded"].to_numpy()[:, None], batch_size=50, epochs=6, verbose=2)
    model.save_weights(WEIGHTS)
    save_scaling(mean, std)


def next_quarter(quarter):
    keras.utils.set_random_seed(quarter)
    frame = analyses(quarter)
    mean, std = load_scaling()
    model = build_model()
    model.load_weights(WEIGHTS)
    model.fit(standardise(frame, mean, std), frame["corroded"].to_numpy()[:, None], batch_size=50, epochs=3, verbose=2)
    model.save_weights(WEIGHTS)


if __name__ == "__main__":
    first_quarter()
    next_quarter(2)
