"""Residual chlorine index at the tap. Each year another supply network joins with its own level and the model is
trained further on everything we have. The loss goes up by a factor of a thousand at every new year."""
# whynan: healthy
import numpy as np
import keras

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)
LEVEL = [14.0, -25.0, 40.0, -60.0]               # offset of each network's analyser


def measure(network, n=400):
    flow, temperature = rng.normal(0, 1, n), rng.normal(0, 1, n)
    value = LEVEL[network] + 2.5 * flow - 1.2 * temperature ** 2 + rng.normal(0, 0.3, n)
    site = np.eye(len(LEVEL))[np.full(n, network)]
    return np.column_stack([site, flow, temperature]).astype("float32"), value.astype("float32")[:, None]


model = keras.Sequential([
    keras.Input((len(LEVEL) + 2,)),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse")

x, y = measure(0)
for year in range(len(LEVEL)):
    if year:
        x_new, y_new = measure(year)
        x, y = np.concatenate([x, x_new]), np.concatenate([y, y_new])
    history = model.fit(x, y, batch_size=32, epochs=15, verbose=0)
    print(2021 + year, "first epoch", history.history["loss"][0], "last epoch", history.history["loss"][-1])
