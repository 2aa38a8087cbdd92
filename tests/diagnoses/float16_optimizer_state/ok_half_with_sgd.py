# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(99)
keras.config.set_floatx("float16")
keras.config.set_epsilon(1e-4)
rng = np.random.default_rng(99)
x = rng.normal(size=(240, 8)).astype("float16")
y = (x[:, :1] - 0.5 * x[:, 1:2]).astype("float16")
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.05), "mse")
model.fit(x, y, epochs=4, batch_size=24, verbose=2)
model.compile(keras.optimizers.Adam(1e-3, epsilon=1e-3), "mse")
model.fit(x, y, epochs=3, batch_size=24, verbose=2)
