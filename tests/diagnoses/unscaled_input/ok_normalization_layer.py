# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(18)
rng = np.random.default_rng(18)
x = np.stack([rng.uniform(1.6e9, 1.7e9, 300), rng.gamma(3, 4000, 300), rng.integers(1, 6, 300)], 1)
y = ((x[:, 1] / 12000) + 0.1 * x[:, 2]).astype("float32")

norm = keras.layers.Normalization()
norm.adapt(x)
model = keras.Sequential([norm, keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.01), "mse")
model.fit(x, y, epochs=5, batch_size=30, verbose=2)
