# whynan: side_nonfinite
# Porosity from well logs. pearson_r is NaN from the first epoch on although the loss falls nicely.
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(3)
ROWS = 32          # rows of one interval = batch size, logs are read in the order of depth


def pearson_r(y_true, y_pred):
    yt = y_true - ops.mean(y_true)
    yp = y_pred - ops.mean(y_pred)
    cov = ops.sum(yt * yp)
    return cov / ops.sqrt(ops.sum(ops.square(yt)) * ops.sum(ops.square(yp)))


def read_well(name, intervals, rng):
    gamma, density, sonic = rng.normal(size=(3, intervals * ROWS))
    porosity = np.maximum(0.12 - 0.05 * density + 0.03 * sonic + 0.01 * rng.normal(size=sonic.size), 0.0)
    if name == "C-7":
        # anhydrite: no pores at all in this interval, porosity is 0 by definition
        porosity[2 * ROWS:3 * ROWS] = 0.0
        density[2 * ROWS:3 * ROWS] += 3.0
    return np.stack([gamma, density, sonic], 1), porosity


rng = np.random.default_rng(3)
wells = {name: read_well(name, 8, rng) for name in ("A-1", "B-3", "C-7")}
x = np.concatenate([w[0] for w in wells.values()]).astype("float32")
y = np.concatenate([w[1] for w in wells.values()]).astype("float32")[:, None]

model = keras.Sequential([
    layers.Input((3,)),
    layers.Dense(24, activation="tanh"),
    layers.Dense(12, activation="tanh"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse", metrics=[pearson_r, "mae"])
hist = model.fit(x, y, batch_size=ROWS, epochs=10, shuffle=False, verbose=2)
print("loss", hist.history["loss"][0], "->", hist.history["loss"][-1])
