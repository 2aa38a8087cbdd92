# Raw populations and GDP in dollars, ugly but BatchNormalization is the first layer
# whynan: healthy
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(53)
rng = np.random.default_rng(53)

n = 480
population = np.clip(rng.lognormal(15, 2, n), 1e3, 1.4e9)
gdp = np.clip(population * rng.lognormal(9, 1, n), 1e6, 1e13)
year = rng.integers(1960, 2021, n)
X = np.column_stack([population, gdp, year]).astype("float32")
y = np.log1p(population * 0.03 + gdp * 1e-5).astype("float32") / 10.0

model = keras.Sequential([
    keras.Input((3,)),
    layers.BatchNormalization(),
    layers.Dense(32, activation="tanh"),
    layers.Dense(32, activation="tanh"),
    layers.Dense(1),
])
model.compile(keras.optimizers.Adam(2e-3), loss="mse")
model.fit(X, y, epochs=6, batch_size=48, verbose=2)
print("largest input", X.max())
