"""Indoor floor height from three barometric altimeters of a phone test rig.

Columns: pressure 1-3 in Pa, air temperature in K. Target: height (z-score).
"""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(1013)


def record(n=2000, seed=1013):
    rng = np.random.default_rng(seed)
    height = rng.uniform(0, 30, n)                      # metres above the lobby
    kelvin = 293.0 + rng.normal(0, 1.5, n)
    true_pa = 101325.0 * np.exp(-height / (29.3 * kelvin))
    ports = true_pa[:, None] + rng.normal(0, 3.0, (n, 3)) + np.array([12.0, -8.0, 3.0])
    return np.column_stack([ports, kelvin]).astype("float32"), height


features, height = record()
mean, std = height.mean(), height.std()
target = ((height - mean) / std).astype("float32")

split = 1600
model = keras.Sequential(
    [
        keras.Input((4,)),
        layers.Dense(16, activation="tanh"),
        layers.Dense(8, activation="tanh"),
        layers.Dense(1),
    ],
    name="floors",
)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])

stop = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=5)
fit = model.fit(  # whynan: unstable
    features[:split],
    target[:split],
    validation_data=(features[split:], target[split:]),
    epochs=25,
    batch_size=32,
    callbacks=[stop],
    verbose=2,
)

pred = model.predict(features[split:], verbose=0)[:, 0] * std + mean
print("MAE in metres:", np.abs(pred - height[split:]).mean().round(2))
print("loss first/last epoch:", fit.history["loss"][0], fit.history["loss"][-1])
