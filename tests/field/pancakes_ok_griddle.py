"""Browning of pancakes from the eight thermocouples under the griddle: plain linear calibration with SGD."""
import keras
import numpy as np
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)

n_pancakes = 1000
positions = np.array([-21, -15, -9, -3, 3, 9, 15, 21])                 # cm from the middle of the griddle


def bake(n):
    """One row per pancake: eight readings (deg C) and the browning measured by the camera (0 to 100)."""
    plate = rng.normal(188.0, 9.0, n)
    couples = plate[:, None] - 0.02 * positions ** 2 + rng.normal(0, 2.0, (n, 8))
    browning = 42 + 0.9 * (plate - 188) + 0.5 * (couples[:, 2] - couples[:, 6]) + rng.normal(0, 1.5, n)
    return couples, browning


couples, browning = bake(n_pancakes)
X = StandardScaler().fit_transform(couples).astype("float32")
y = StandardScaler().fit_transform(browning[:, None]).astype("float32")

calibration = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)], name="calibration")
calibration.compile(optimizer=keras.optimizers.SGD(learning_rate=0.2), loss="mean_squared_error")

batch = 200
curve = []
for epoch in range(8):
    shuffled = rng.permutation(n_pancakes)
    for part in np.split(shuffled, n_pancakes // batch):
        loss = calibration.train_on_batch(X[part], y[part])  # whynan: unstable
        curve.append(float(np.squeeze(loss)))
    print(f"epoch {epoch + 1}  mse {np.mean(curve[-5:]):.4g}")

weights, offset = calibration.get_weights()
print("weights:", weights[:, 0])
print("offset :", offset)
print("explained variance:", 1 - np.mean((calibration.predict(X, verbose=0) - y) ** 2) / np.var(y))
