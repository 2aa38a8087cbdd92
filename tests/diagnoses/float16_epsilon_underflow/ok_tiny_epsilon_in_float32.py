# whynan: healthy
"""The normalisation is kept in float32 inside a mixed precision model, so 1e-8 is fine."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(94)
keras.mixed_precision.set_global_policy("mixed_float16")


class UnitSum(keras.layers.Layer):
    def call(self, x):
        return x / (tf.reduce_sum(x, -1, keepdims=True) + 1e-8)


rng = np.random.default_rng(94)
counts = rng.poisson(0.3, (180, 10)).astype("float32")
counts[4] = 0.0
label = (counts[:, 0] > 0).astype("float32")
model = keras.Sequential([
    keras.Input((10,), dtype="float32"),
    UnitSum(dtype="float32"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid", dtype="float32"),
])
model.compile("adam", "binary_crossentropy")
model.fit(counts, label, epochs=4, batch_size=20, verbose=2)
