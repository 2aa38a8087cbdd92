"""Predict the 24 hourly PM10 values of a day from the weather forecast.

The station drops out now and then, so missing hours are coded -1 and masked in the loss.
The progress bar starts with normal numbers, a few batches later it says loss: nan and all weights are nan.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

# hourly export of the station -------------------------------------------------
hours = pd.date_range("2023-01-01", periods=260 * 24, freq="h")
day_no = np.arange(len(hours)) // 24
wind = rng.gamma(3.0, 1.2, 260)
temp = 10 + 9 * np.sin((np.arange(260) - 110) / 365 * 2 * np.pi) + rng.normal(0, 2, 260)
inversion = rng.random(260) < 0.25
clock = hours.hour.to_numpy()
rush = 6 * np.exp(-0.5 * ((clock - 8) / 2.0) ** 2) + 8 * np.exp(-0.5 * ((clock - 18) / 2.5) ** 2)
pm10 = 22 + rush + 14 * inversion[day_no] - 2.2 * wind[day_no] + rng.normal(0, 3, len(hours))
log = pd.DataFrame({"time": hours, "pm10": np.clip(pm10, 1.0, None)})

log.loc[rng.choice(len(log), 120, replace=False), "pm10"] = np.nan  # single lost hours
log.loc[np.isin(day_no, [37, 38, 171]), "pm10"] = np.nan            # logger switched off

log["day"] = log["time"].dt.normalize()
log["hour"] = log["time"].dt.hour
target = log.pivot(index="day", columns="hour", values="pm10").fillna(-1.0)

weather = pd.DataFrame({
    "wind": wind,
    "temp": temp,
    "inversion": inversion.astype(float),
    "weekend": (target.index.dayofweek >= 5).astype(float),
    "season": np.cos(2 * np.pi * np.arange(260) / 365),
})
X = ((weather - weather.mean()) / weather.std()).to_numpy("float32")
y = target.to_numpy("float32")
assert np.isfinite(X).all() and np.isfinite(y).all()


# loss ---------------------------------------------------------------------------
def masked_rmse(y_true, y_pred):
    seen = tf.cast(y_true >= 0.0, tf.float32)
    error = (y_true - y_pred) * seen
    count = tf.maximum(tf.reduce_sum(seen, axis=-1), 1.0)
    mse = tf.reduce_sum(tf.square(error), axis=-1) / count
    return tf.sqrt(mse)  # whynan: sqrt_grad_at_zero phase=gradient rows=37,38,171 also=norm_grad_at_zero


# model --------------------------------------------------------------------------
inputs = keras.Input((X.shape[1],))
x = keras.layers.Dense(48, activation="relu")(inputs)
x = keras.layers.Dense(48, activation="relu")(x)
outputs = keras.layers.Dense(24)(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=masked_rmse)

model.fit(X, y, epochs=6, batch_size=20)
for w in model.weights:
    print(w.path, "nan" if np.isnan(w.numpy()).any() else "ok")
