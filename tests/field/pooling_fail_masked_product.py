import keras
import numpy as np
import tensorflow as tf
from keras import ops

keras.utils.set_random_seed(1)
rng = np.random.default_rng(0)
x = rng.normal(size=(256, 12, 4)).astype("float32")
valid = np.arange(12)[None] < rng.integers(3, 13, 256)[:, None]
y = rng.normal(size=(256, 1)).astype("float32")


class MaskedPool(keras.layers.Layer):
    def call(self, inputs):
        h, valid = inputs
        h = ops.where(valid[..., None], h, -np.inf)  # so that max ignores padding
        top = ops.max(h, axis=1)
        mean = ops.sum(h * ops.cast(valid[..., None], h.dtype), axis=1) / ops.sum(  # whynan: nan_mask_mismatch phase=forward
            ops.cast(valid, h.dtype), axis=1, keepdims=True
        )
        return ops.concatenate([top, mean], axis=-1)


a = keras.Input((12, 4))
v = keras.Input((12,), dtype="bool")
h = keras.layers.Dense(8, activation="tanh")(a)
m = keras.Model([a, v], keras.layers.Dense(1)(MaskedPool()([h, v])))
m.compile("adam", "mse")
m.fit([x, valid], y, epochs=3, verbose=0)
