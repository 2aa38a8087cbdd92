"""Missing sensor values arrive as NaN and are replaced inside of the model (plus indicator)."""
# whynan: healthy
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(50)
rng = np.random.default_rng(50)


class ImputeWithIndicator(layers.Layer):
    def call(self, x):
        missing = ops.isnan(x)
        filled = ops.where(missing, ops.zeros_like(x), x)
        return ops.concatenate([filled, ops.cast(missing, x.dtype)], axis=-1)


n, d = 400, 6
full = rng.normal(0, 1, (n, d)).astype("float32")
y = (full @ rng.normal(0, 1, d) > 0).astype("float32")
X = full.copy()
X[rng.random((n, d)) < 0.15] = np.nan

inp = keras.Input((d,))
h = ImputeWithIndicator()(inp)
h = layers.BatchNormalization()(h)
h = layers.Dense(24, activation="relu")(h)
out = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inp, out)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(X, y, epochs=5, batch_size=32, verbose=2)
