# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(98)
keras.mixed_precision.set_global_policy("mixed_float16")
rng = np.random.default_rng(98)
x = rng.normal(size=(240, 12)).astype("float32")
y = (1e-3 * x[:, :1]).astype("float32")
model = keras.Sequential([
    keras.Input((12,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1, dtype="float32"),
])
model.compile(keras.optimizers.Adam(1e-3, epsilon=1e-8), "mse")
model.fit(x, y, epochs=5, batch_size=24, verbose=2)
