#!/usr/bin/env python
"""Landfill leachate: estimate nickel from the cheap probes, so fewer bottles go to the lab."""
import os
import tempfile

import numpy as np
import keras

keras.utils.set_random_seed(19)

HEADER = "conductivity_ms,ph,ammonium_mg,chloride_mg,temp_c,nickel_mg"
REPORTING_LIMIT = 0.05


def lab_export(path, n=900):
    """The file as the lab sends it."""
    rng = np.random.default_rng(191)
    strength = rng.normal(0, 1, n)
    cond = np.exp(2.1 + 0.35 * strength + rng.normal(0, 0.1, n))
    ph = 7.6 - 0.2 * strength + rng.normal(0, 0.2, n)
    nh4 = np.exp(5.8 + 0.5 * strength + rng.normal(0, 0.2, n))
    cl = np.exp(6.9 + 0.4 * strength + rng.normal(0, 0.2, n))
    temp = rng.normal(14, 4, n)
    nickel = np.exp(np.log(0.3) + 0.8 * strength + rng.normal(0, 0.4, n))
    with open(path, "w") as f:
        f.write(HEADER + "\n")
        for i in range(n):
            ni = f"{nickel[i]:.3f}" if nickel[i] >= REPORTING_LIMIT else f"<{REPORTING_LIMIT}"
            f.write(f"{cond[i]:.2f},{ph[i]:.2f},{nh4[i]:.0f},{cl[i]:.0f},{temp[i]:.1f},{ni}\n")


def read_export(path):
    table = np.genfromtxt(path, delimiter=",", skip_header=1)  # whynan: nan_in_label phase=data
    x = table[:, :5].copy()
    x[:, [0, 2, 3]] = np.log(x[:, [0, 2, 3]])
    return x, np.log10(table[:, 5])


def scale(x):
    return ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")


def make_model(n_in):
    reg = keras.regularizers.L2(1e-4)
    return keras.Sequential([
        keras.Input((n_in,)),
        keras.layers.Dense(32, activation="relu", kernel_regularizer=reg),
        keras.layers.Dense(16, activation="relu", kernel_regularizer=reg),
        keras.layers.Dense(1),
    ])


def main():
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "lims_export_2024.csv")
        lab_export(path)
        x, log_ni = read_export(path)

    x = scale(x)
    order = np.random.permutation(len(x))
    x, log_ni = x[order], log_ni[order].astype("float32")

    model = make_model(x.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=keras.losses.LogCosh())
    stop = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=2)
    model.fit(x, log_ni, batch_size=32, epochs=6, validation_split=0.15, callbacks=[stop], verbose=2)

    est = 10 ** model.predict(x[:5], verbose=0)[:, 0]
    print("first estimates [mg/l]:", np.round(est, 3))


if __name__ == "__main__":
    main()
