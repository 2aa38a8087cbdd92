# How many cars will come to the drive-in cinema tonight?
# Step 1: fit on the Box-Cox scale (car counts are very skewed)
# Step 2: a few epochs on the original scale, because the boss wants MAE in cars
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)

LAM = 0.3
n = 2600

df = pd.DataFrame({
    "weekday": rng.integers(0, 7, n),
    "temp": rng.normal(16, 7, n),
    "rain_mm": rng.exponential(1.5, n) * (rng.random(n) < 0.35),
    "blockbuster": (rng.random(n) < 0.25).astype(int),
    "holiday": (rng.random(n) < 0.08).astype(int),
    "competition": rng.integers(0, 3, n),
    "screen_closed": (rng.random(n) < 0.3).astype(int),
})
mu = (3.2 + 0.5 * (df.weekday >= 4) + 0.03 * (df.temp - 16) - 0.2 * df.rain_mm
      + 0.6 * df.blockbuster + 0.4 * df.holiday - 0.15 * df.competition)
cars = rng.negative_binomial(6, 6 / (6 + np.exp(mu)))
df["cars"] = np.where(df.screen_closed == 1, 0, cars)
print(df.groupby("weekday").cars.agg(["mean", "max"]).round(1))


def box_cox(y):
    return (np.power(y, LAM) - 1.0) / LAM


features = pd.get_dummies(df.drop(columns="cars"), columns=["weekday"]).astype("float32")
num = ["temp", "rain_mm", "competition"]
features[num] = (features[num] - features[num].mean()) / features[num].std()
X = features.to_numpy()
y_cars = df.cars.to_numpy("float32")[:, None]
y_bc = box_cox(y_cars)

n_train = 2200
X_tr, X_te = X[:n_train], X[n_train:]

model = keras.Sequential([
    keras.Input((X.shape[1],)),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1),
])

model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
model.fit(X_tr, y_bc[:n_train], batch_size=32, epochs=14, verbose=0)
print("Box-Cox scale, test mse:", model.evaluate(X_te, y_bc[n_train:], verbose=0))


def mae_in_cars(y_true, z):
    n_cars = tf.pow(LAM * z + 1.0, 1.0 / LAM)  # whynan: pow_domain phase=forward|loss
    return tf.reduce_mean(tf.abs(y_true - n_cars), axis=-1)


model.compile(optimizer=keras.optimizers.Adam(2e-4), loss=mae_in_cars)
model.fit(X_tr, y_cars[:n_train], batch_size=32, epochs=4, verbose=2)

z = model.predict(X_te, verbose=0)
print("largest night expected:", float(np.max((LAM * z + 1.0) ** (1.0 / LAM))))
