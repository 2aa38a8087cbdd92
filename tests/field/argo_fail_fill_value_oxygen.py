# Argo float profiles -> chlorophyll. One float has no oxygen sensor.
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(29)
NC_FILL_FLOAT = np.float32(9.969209968386869e36)   # default _FillValue of netCDF
SCALES = {"temperature": (10.0, 6.0), "salinity": (35.0, 1.0), "pressure": (500.0, 400.0), "oxygen": (210.0, 60.0)}


class ProfileFile:
    """imitates netCDF4.Dataset with set_auto_mask(False)"""

    def __init__(self, n=352):
        rng = np.random.default_rng(14)
        self.variables = {
            "temperature": rng.uniform(1, 24, n).astype("float32"),
            "salinity": rng.normal(35, 0.7, n).astype("float32"),
            "pressure": rng.uniform(5, 1500, n).astype("float32"),
            "oxygen": rng.normal(210, 50, n).astype("float32"),
        }
        self.variables["temperature"][[5, 250]] = NC_FILL_FLOAT
        self.variables["oxygen"][[17, 91, 160]] = NC_FILL_FLOAT
        self.chl = (0.5 + 0.02 * (24 - self.variables["temperature"].clip(0, 24))).astype("float32")


def clean(name, values):
    if name in ("temperature", "salinity"):
        good = values < 1e30
        values = np.where(good, values, values[good].mean())
    return values


def matrix(nc):
    cols = []
    for name, (mean, std) in SCALES.items():
        cols.append((clean(name, nc.variables[name]) - mean) / std)
    return np.stack(cols, axis=1).astype("float32")


def depth_weight(pressure):
    # trust the surface more
    return np.exp(-pressure / 800.0).astype("float32")


class WeightedSquaredError(keras.losses.Loss):
    def call(self, y_true, y_pred):
        residual = y_pred - y_true
        return ops.mean(ops.square(residual), axis=-1)  # whynan: unscaled_input phase=loss rows=17,91,160 also=inf_in_input,exploding_gradient


nc = ProfileFile()
x = matrix(nc)
assert np.isfinite(x).all()
weights = depth_weight(nc.variables["pressure"])

model = keras.Sequential([
    keras.Input((len(SCALES),)),
    layers.Dense(32, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=WeightedSquaredError())
model.fit(x, nc.chl[:, None], sample_weight=weights, batch_size=32, epochs=4, verbose=2)
