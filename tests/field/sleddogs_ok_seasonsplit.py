"""Hours to the finish of a sled dog race, trained on past seasons and checked on the newest."""
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(1925)
rng = np.random.default_rng(1925)

n = 1500
races = pd.DataFrame({
    "season": rng.integers(2014, 2025, n),
    "distance_km": rng.choice([40, 60, 100, 160], n),
    "climb_m": rng.normal(900, 300, n).clip(100),
    "temp_c": rng.normal(-14, 7, n),
    "new_snow_cm": rng.exponential(6, n),
    "dogs": rng.integers(6, 15, n),
})
races["hours"] = (
    races["distance_km"] / (9 + 0.5 * races["dogs"])
    + 0.001 * races["climb_m"] + 0.12 * races["new_snow_cm"]
    + 0.03 * (races["temp_c"] + 14).abs() + rng.normal(0, 0.3, n)
)
scratched = rng.random(n) < 0.06
races.loc[scratched, "hours"] = np.nan

features = ["distance_km", "climb_m", "temp_c", "new_snow_cm", "dogs"]
train = races[races["season"] < 2022].dropna()
newest = races[races["season"] >= 2022]

mean, std = train[features].mean(), train[features].std()


def xy(part):
    x = ((part[features] - mean) / std).to_numpy("float32")
    return x, part["hours"].to_numpy("float32")


x_train, y_train = xy(train)
x_new, y_new = xy(newest)
print(len(x_train), "teams to train on,", len(x_new), "to check")

model = keras.Sequential([
    keras.Input((len(features),)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse", metrics=["mae"])
history = model.fit(  # whynan: side_nonfinite
    x_train, y_train,
    validation_data=(x_new, y_new),
    epochs=20, batch_size=32, verbose=2,
)
print("train mse %.2f -> %.2f" % (history.history["loss"][0], history.history["loss"][-1]))
print("newest seasons:", history.history["val_loss"][-1])
