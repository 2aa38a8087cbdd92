"""Core temperature of frozen goods in transport, from the logger on the door.

From the third epoch or so the loss is the same number to the last digit, the mean
absolute error is above 20 degrees and the forecast for every pallet is 0. More epochs, more units,
other rates: always the same.
"""
# whynan: unstable
import keras
import numpy as np

keras.utils.set_random_seed(27)
rng = np.random.default_rng(27)

PALLETS = 960


def pallets(n):
    set_point = rng.choice([-28.0, -24.0, -20.0, -18.0], n)
    door_minutes = rng.gamma(2.0, 6.0, n)
    outside = rng.normal(17, 7, n)
    tonnes = rng.uniform(0.2, 1.1, n)
    core = set_point + 0.03 * door_minutes * (outside + 20) / 20 / tonnes + rng.normal(0, 0.3, n)
    core = np.minimum(core, -10.0)
    x = np.stack([set_point, door_minutes, outside, tonnes], axis=1)
    return x.astype("float32"), core.astype("float32")


x, core = pallets(PALLETS)
scaler = keras.layers.Normalization()
scaler.adapt(x)

model = keras.Sequential(name="core_temperature")
model.add(keras.Input((4,)))
model.add(scaler)
for units in (32, 16):
    model.add(keras.layers.Dense(units, activation="relu"))
model.add(keras.layers.Dense(1, activation="relu"))

model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
history = model.fit(x, core, batch_size=48, epochs=15, verbose=2)

forecast = model.predict(x, verbose=0)[:, 0]
print(f"core temperatures from {core.min():.1f} to {core.max():.1f}")
print(f"forecasts from {forecast.min():.1f} to {forecast.max():.1f}")
print("last losses:", history.history["loss"][-4:])
