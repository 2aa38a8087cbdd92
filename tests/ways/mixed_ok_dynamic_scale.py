# whynan: healthy
"""Starts with a scale that is far too large: the first steps are skipped, then it trains."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(107)
keras.mixed_precision.set_global_policy("mixed_float16")

x = np.random.normal(size=(320, 10)).astype("float32")
y = (x[:, :1] - x[:, 1:2]).astype("float32")
model = keras.Sequential([layers.Input((10,)), layers.Dense(32, activation="relu"), layers.Dense(1, dtype="float32")])
opt = keras.mixed_precision.LossScaleOptimizer(keras.optimizers.Adam(3e-3), initial_scale=2.0 ** 24)
model.compile(optimizer=opt, loss="mse")
h = model.fit(x, y, epochs=6, batch_size=32, verbose=0)
print(h.history["loss"], "scale", float(opt.dynamic_scale))
