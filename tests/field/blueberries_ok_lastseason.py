"""Yield per bush (kg) from soil and weather, gamma regression with a small net.

Seasons 2021-2023 are for training, 2024 is kept for validation.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(12)


def load_bushes(seed=12, per_year=400):
    rng = np.random.default_rng(seed)
    frames = []
    for year in (2021, 2022, 2023, 2024):
        df = pd.DataFrame({
            "year": year,
            "age": rng.integers(3, 18, per_year),
            "ph": rng.normal(4.8, 0.3, per_year),
            "elevation": rng.uniform(40, 220, per_year),
            "rain_mm": rng.gamma(30, 12, per_year),
            "bees": rng.poisson(6, per_year),
        })
        mu = np.exp(0.9 + 0.05 * df.age - 0.6 * (df.ph - 4.8) + 0.04 * df.bees - 0.002 * df.elevation)
        kg = rng.gamma(4.0, mu / 4.0).round(2)
        df["kg"] = np.clip(kg, 0.05, None)
        if year == 2024:
            # late frost in the hollow
            df.loc[df.elevation < 60, "kg"] = 0.0
        frames.append(df)
    return pd.concat(frames, ignore_index=True)


def gamma_deviance(y, mu):
    ratio = y / mu
    return 2.0 * tf.reduce_mean((y - mu) / mu - tf.math.log(ratio), axis=-1)


bushes = load_bushes()
features = ["age", "ph", "elevation", "rain_mm", "bees"]
old, new = bushes[bushes.year < 2024], bushes[bushes.year == 2024]
centre, spread = old[features].mean(), old[features].std()

x_train = ((old[features] - centre) / spread).to_numpy(dtype="float32")
x_val = ((new[features] - centre) / spread).to_numpy(dtype="float32")
y_train = old[["kg"]].to_numpy(dtype="float32")
y_val = new[["kg"]].to_numpy(dtype="float32")

model = keras.Sequential([
    keras.Input((len(features),)),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(12, activation="relu"),
    keras.layers.Dense(1, activation="exponential"),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=gamma_deviance, metrics=["mae"])
model.fit(x_train, y_train, batch_size=64, epochs=12, verbose=2,
          validation_data=(x_val, y_val))  # whynan: side_nonfinite

pred = model.predict(x_val, verbose=0)
print("expected harvest 2024: %.0f kg, real: %.0f kg" % (pred.sum(), y_val.sum()))
