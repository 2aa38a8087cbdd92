# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(104)
keras.mixed_precision.set_global_policy("mixed_float16")
rng = np.random.default_rng(104)
x = rng.normal(size=(256, 8)).astype("float32")
y = x[:, :1] * 2
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1, dtype="float32")])
optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01), initial_scale=2.0 ** 40)
model.compile(optimizer, "mse")
model.fit(x, y, epochs=6, batch_size=16, verbose=2)
print("scale at the end:", float(optimizer.dynamic_scale))
