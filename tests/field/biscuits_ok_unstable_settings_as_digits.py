"""Moisture of biscuits at the end of the tunnel oven, from the zone temperatures and the dough sheet.

The loss of the first epoch is the loss of the last epoch, to all the digits that Keras prints. It is not nan. The same
network on the old settings sheet of the other plant (written out, not as digits) learned in two minutes.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers

# whynan: unstable

keras.utils.set_random_seed(41)

# small numbers are kept as their number of digits, the line operators mistype zeros
SHEET = {
    "rate_digits": 3,
    "epsilon_digits": 8,
    "batch": 40,
    "epochs": 8,
    "units": 32,
}
ZONES = ["zone_1", "zone_2", "zone_3", "zone_4", "zone_5"]
DOUGH = ["thickness", "water", "fat", "belt_speed"]


def shift_log(n=1200):
    rng = np.random.default_rng(19)
    log = pd.DataFrame({z: rng.normal(180 + 15 * i, 6.0, n) for i, z in enumerate(ZONES)})
    log["thickness"] = rng.normal(3.2, 0.2, n)
    log["water"] = rng.normal(22.0, 1.0, n)
    log["fat"] = rng.normal(16.0, 0.8, n)
    log["belt_speed"] = rng.normal(9.0, 0.7, n)
    heat = (log[ZONES] - [180 + 15 * i for i in range(5)]).mean(axis=1)
    log["moisture"] = (
        3.0
        - 0.08 * heat
        + 0.25 * (log["water"] - 22.0)
        + 1.1 * (log["thickness"] - 3.2)
        + 0.30 * (log["belt_speed"] - 9.0)
        + rng.normal(0.0, 0.1, n)
    )
    return log


def optimizer_from(sheet):
    return keras.optimizers.Adam(
        learning_rate=10.0 ** -sheet["rate_digits"],
        epsilon=10.0 ** sheet["epsilon_digits"],
    )


def build(units):
    oven = keras.Input((len(ZONES),), name="oven")
    dough = keras.Input((len(DOUGH),), name="dough")
    h = layers.Concatenate()([layers.Dense(units, activation="relu")(oven), layers.Dense(units, activation="relu")(dough)])
    h = layers.Dense(units, activation="relu")(h)
    return keras.Model({"oven": oven, "dough": dough}, layers.Dense(1)(h))


log = shift_log()
standard = (log - log.mean()) / log.std()
inputs = {
    "oven": standard[ZONES].to_numpy("float32"),
    "dough": standard[DOUGH].to_numpy("float32"),
}
moisture = standard[["moisture"]].to_numpy("float32")

model = build(SHEET["units"])
model.compile(optimizer=optimizer_from(SHEET), loss="mse", metrics=["mae"])
history = model.fit(inputs, moisture, batch_size=SHEET["batch"], epochs=SHEET["epochs"], verbose=2)
print("first and last:", history.history["loss"][0], history.history["loss"][-1])
