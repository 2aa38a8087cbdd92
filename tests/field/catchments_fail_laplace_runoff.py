"""Specific runoff of ungauged catchments with an error bar per catchment.

The error bar is a linear function of area and rainfall, because the hydrologists want to read its coefficients. It
starts at 1 everywhere and shrinks as it should for one or two epochs, then the loss is nan. Clipping the norm of the
gradients makes no difference.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(9)
BATCH = 32


def gauges(n=416, seed=15):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "area": rng.lognormal(5.0, 1.2, n),
        "rain": rng.normal(900, 160, n),
        "slope": rng.gamma(3.0, 2.0, n),
        "forest": rng.uniform(0, 1, n),
    })
    noise = 0.1 + 0.8 * np.exp(-frame.area / 150.0)
    runoff = 0.004 * (frame.rain - 900) + 0.08 * (frame.slope - 6) - 0.6 * (frame.forest - 0.5)
    frame["runoff"] = runoff + rng.laplace(0, 1, n) * noise
    return frame


def laplace_nll(y_true, y_pred):
    centre, width = y_pred[:, 0], y_pred[:, 1] + 1e-3
    miss = ops.abs(y_true[:, 0] - centre)
    return miss / width + ops.log(2.0 * width)  # whynan: unconstrained_scale phase=loss|forward also=log_of_negative


def build():
    land = keras.Input((3,), name="land")
    size = keras.Input((2,), name="size")
    h = layers.Dense(24, activation="tanh")(land)
    centre = layers.Dense(1, name="centre")(h)
    width = layers.Dense(1, kernel_initializer="zeros", bias_initializer="ones", name="width")(size)
    return keras.Model([land, size], layers.Concatenate()([centre, width]))


frame = gauges()
scaled = (frame - frame.mean()) / frame.std()
land = scaled[["rain", "slope", "forest"]].to_numpy("float32")
size = scaled[["area", "rain"]].to_numpy("float32")
runoff = frame[["runoff"]].to_numpy("float32")

model = build()
model.compile(optimizer=keras.optimizers.Adam(0.01, global_clipnorm=2.0), loss=laplace_nll)
rng = np.random.default_rng(1)
for epoch in range(30):
    order = rng.permutation(len(frame))
    losses = []
    for start in range(0, len(order), BATCH):
        take = order[start:start + BATCH]
        losses.append(float(model.train_on_batch([land[take], size[take]], runoff[take])))
    print(f"epoch {epoch:2d}  nll {np.mean(losses):.3f}")
print("coefficients of the error bar:", model.get_layer("width").get_weights()[0].ravel())
