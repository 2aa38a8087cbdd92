"""Presence of mackerel schools on a 1/4 degree grid from satellite fields."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(90)
rng = np.random.default_rng(90)

NLAT, NLON = 60, 50


def smooth_field(scale):
    f = rng.normal(size=(NLAT, NLON))
    for _ in range(6):
        f = (f + np.roll(f, 1, 0) + np.roll(f, -1, 0)
             + np.roll(f, 1, 1) + np.roll(f, -1, 1)) / 5
    return (f / f.std() * scale).astype("float32")


def open_granule():
    """Same layout as the L3 product: variables plus their attributes."""
    attrs = {"_FillValue": np.float32(9.96921e36), "units": "mg m-3"}
    sst = 13 + smooth_field(2.0)
    chl = np.exp(smooth_field(0.6)).astype("float32")
    cloud = rng.random((NLAT, NLON)) < 0.06
    return {
        "sst": sst,
        "chl": np.where(cloud, attrs["_FillValue"], chl),
        "chl_true": chl,
        "ssh": smooth_field(0.1),
        "depth": 80 + smooth_field(25.0),
    }, attrs


def standardise(a):
    return (a - a.mean(axis=0)) / a.std(axis=0)  # whynan: nan_in_input phase=data also=unscaled_input,inf_in_input


fields, _ = open_granule()
X = np.stack([fields[k].ravel() for k in ("sst", "chl", "ssh", "depth")], axis=1)
X = standardise(X)

logit = (0.8 * (fields["sst"] - 13) + 1.2 * np.log(fields["chl_true"])
         - 0.02 * (fields["depth"] - 80))
y = (rng.random((NLAT, NLON)) < 1 / (1 + np.exp(-logit))).astype("float32").ravel()

inp = keras.Input((4,))
h = layers.Dense(32, activation="relu")(inp)
h = layers.Dropout(0.1)(h)
h = layers.Dense(16, activation="relu")(h)
out = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inp, out)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])

model.fit(X, y, batch_size=128, epochs=5, validation_split=0.15, verbose=2)
