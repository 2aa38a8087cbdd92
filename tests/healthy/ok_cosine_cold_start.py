# whynan: healthy
"""Cosine of two towers with a zero vector in one: sqrt at 0, but the dot product is 0 as well."""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(30)


class Cosine(layers.Layer):
    def call(self, ab):
        a, b = ab
        dot = ops.sum(a * b, axis=-1, keepdims=True)
        na = ops.sqrt(ops.sum(a * a, axis=-1, keepdims=True))
        nb = ops.sqrt(ops.sum(b * b, axis=-1, keepdims=True))
        return dot / (na * nb + 1e-6)


ui, vi = keras.Input((12,)), keras.Input((9,))
u = layers.Dense(8, use_bias=False)(ui)
v = layers.Dense(8)(vi)
model = keras.Model([ui, vi], Cosine()([u, v]))
model.compile("adam", "mse")
users = np.random.binomial(1, 0.3, (256, 12)).astype("float32")
users[::40] = 0
items = np.random.normal(size=(256, 9)).astype("float32")
model.fit([users, items], np.random.rand(256), epochs=3, verbose=2)
print([bool(np.isfinite(w).all()) for w in model.get_weights()])
