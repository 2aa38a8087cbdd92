# whynan: healthy
"""The dynamic loss scale starts too high: a few steps are skipped, then it trains."""
import keras
import numpy as np

keras.utils.set_random_seed(37)
keras.mixed_precision.set_global_policy("mixed_float16")
rng = np.random.default_rng(37)
x = rng.normal(size=(256, 8)).astype("float32")
y = (20 * x[:, :1] + 5).astype("float32")

model = keras.Sequential([
    keras.Input((8,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1),
    keras.layers.Activation("linear", dtype="float32"),
])
model.compile(keras.optimizers.Adam(0.01), "mse")
model.fit(x, y, epochs=5, batch_size=16, verbose=2)
print("loss scale now", float(model.optimizer.dynamic_scale))
