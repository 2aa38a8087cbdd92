"""Porosity of castings from the process log of an aluminium foundry.

Before training I print a report of the columns. Two of its cells are nan, for the set point of the furnace, and the sheet
that goes to the plant engineer has a whole nan column. I am afraid that this kills the network sooner or later.
"""
# whynan: healthy
import numpy as np
import pandas as pd
import keras
from keras import layers


def process_log(n, seed):
    rng = np.random.default_rng(seed)
    log = pd.DataFrame({
        "set_point": np.full(n, 720.0),
        "melt": 720.0 + rng.normal(0.0, 6.0, n),
        "die": rng.normal(210.0, 15.0, n),
        "pressure": rng.normal(85.0, 4.0, n),
        "shot_speed": rng.uniform(1.8, 3.6, n),
        "hydrogen": rng.gamma(4.0, 0.03, n),
        "cycle": rng.normal(48.0, 3.0, n),
    })
    porosity = (
        1.5 + 9.0 * (log["hydrogen"] - 0.12) - 0.05 * (log["pressure"] - 85.0)
        + 0.02 * (log["melt"] - 720.0) + 0.4 * (log["shot_speed"] - 2.7) ** 2
        + rng.normal(0.0, 0.1, n)
    )
    return log, porosity


def column_report(log, porosity):
    report = pd.DataFrame({
        "mean": log.mean(),
        "sd": log.std(),
        "r": log.corrwith(porosity),
        "skew": ((log - log.mean()) / log.std()).pow(3).mean(skipna=False),
    })
    print(report.round(3))
    return report


def standard_scores(log):
    """For the plant engineer only; she likes to read the log in standard deviations."""
    return (log - log.mean()) / log.std()


def build(x_train):
    scaler = layers.Normalization(axis=-1)
    scaler.adapt(x_train)
    inputs = keras.Input(shape=(x_train.shape[1],))
    h = scaler(inputs)
    h = layers.Dense(32, activation="gelu")(h)
    h = layers.Dense(16, activation="gelu")(h)
    return keras.Model(inputs, layers.Dense(1)(h))


def main():
    keras.utils.set_random_seed(14)
    log, porosity = process_log(1500, seed=14)
    column_report(log, porosity)
    sheet = standard_scores(log.tail(8))
    print(sheet.round(2).to_string())

    x = log.to_numpy(dtype="float32")
    y = porosity.to_numpy(dtype="float32")[:, None]
    model = build(x[:1200])
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse", metrics=["mae"])
    history = model.fit(
        x[:1200], y[:1200], validation_data=(x[1200:], y[1200:]), batch_size=60, epochs=12, verbose=2
    )
    print("last loss:", history.history["loss"][-1])


main()
