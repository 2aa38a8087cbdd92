"""Predictive maintenance; standardise the sensor table, then a small network."""
import numpy as np
import pandas as pd
from tensorflow import keras

keras.utils.set_random_seed(20)
rng = np.random.default_rng(20)
frame = pd.DataFrame(rng.normal(50, 8, size=(280, 5)), columns=["s1", "s2", "s3", "s4", "s5"])
frame["s6"] = 518.67                 # this sensor never moves
frame["rul"] = 100 - 0.5 * frame["s2"] + rng.normal(0, 1, 280)

X = frame.drop(columns="rul").to_numpy()
y = frame["rul"].to_numpy("float32") / 100


def standardise(a):
    return (a - a.mean(axis=0)) / a.std(axis=0)  # whynan: zero_variance_normalisation phase=data also=nan_in_input,divide_by_zero


X = standardise(X).astype("float32")
model = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
model.fit(X, y, epochs=2, batch_size=28, verbose=2)
