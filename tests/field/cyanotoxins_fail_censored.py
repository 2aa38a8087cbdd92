"""Toxin of blue-green algae in bathing lakes.

Concentrations (log scale, shifted so that the detection limit is 0) are reported as "below limit" by the
laboratory when they are under it. The network gives mean and spread, the likelihood is that of a censored normal.
"""
import math

import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(88)

DAYS, WEATHER, LAKE = 14, 4, 6


def lakes(n, seed=880):
    rng = np.random.default_rng(seed)
    weather = rng.normal(size=(n, DAYS, WEATHER))
    for d in range(1, DAYS):
        weather[:, d] = 0.8 * weather[:, d - 1] + 0.6 * weather[:, d]
    lake = rng.normal(size=(n, LAKE))
    warm = weather[:, -7:, 0].mean(1)
    wind = weather[:, -3:, 1].mean(1)
    level = 1.3 + 0.5 * warm - 0.25 * wind + 0.45 * lake[:, 0] + 0.3 * np.tanh(lake[:, 1] * lake[:, 2])
    value = level + 0.1 * rng.normal(size=n)
    below = value < 0
    target = np.column_stack([np.where(below, 0.0, value), below])
    return weather.astype("float32"), lake.astype("float32"), target.astype("float32")


def censored_normal(y_true, y_pred):
    value = y_true[:, 0]
    below = y_true[:, 1] > 0.5
    mu = y_pred[:, 0]
    log_sigma = y_pred[:, 1]
    sigma = ops.exp(log_sigma)
    p_below = 0.5 * (1.0 + ops.erf(-mu / (sigma * math.sqrt(2.0))))
    z = (value - mu) / sigma
    seen = 0.5 * ops.square(z) + log_sigma + 0.5 * math.log(2 * math.pi)
    return ops.where(below, -ops.log(p_below), seen)  # whynan: where_gradient_trap phase=gradient also=log_of_zero,exp_underflow


def network():
    w_in = keras.Input((DAYS, WEATHER), name="weather")
    l_in = keras.Input((LAKE,), name="lake")
    w = layers.Conv1D(24, 3, padding="same", activation="relu")(w_in)
    w = layers.Conv1D(24, 3, padding="same", activation="relu")(w)
    w = layers.Flatten()(w)
    w = layers.Dense(32, activation="relu")(w)
    s = layers.Dense(32, activation="relu")(l_in)
    h = layers.Concatenate()([w, s])
    h = layers.Dense(48, activation="relu")(h)
    mu = layers.Dense(1, name="mu")(h)
    log_sigma = layers.Dense(1, name="log_sigma")(h)
    return keras.Model({"weather": w_in, "lake": l_in}, layers.Concatenate()([mu, log_sigma]))


weather, lake, target = lakes(3000)
print("below the limit: %.1f %%" % (100 * target[:, 1].mean()))
print("largest value: %.2f" % target[:, 0].max())

model = network()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=censored_normal)
model.fit(
    {"weather": weather, "lake": lake},
    target,
    batch_size=64,
    epochs=12,
    verbose=2,
)

out = model.predict({"weather": weather, "lake": lake}, verbose=0)
seen = target[:, 1] < 0.5
print("rmse where measured:", np.sqrt(np.mean((out[seen, 0] - target[seen, 0]) ** 2)))
print("median sigma:", np.exp(np.median(out[:, 1])))
