import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(62)


class Match(layers.Layer):
    def call(self, ab):
        a, b = ab
        dot = ops.sum(a * b, axis=-1, keepdims=True)
        na = ops.sqrt(ops.sum(a * a, axis=-1, keepdims=True))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero
        nb = ops.sqrt(ops.sum(b * b, axis=-1, keepdims=True))
        return ops.concatenate([dot / (na * nb + 1e-6), na, nb], axis=-1)


def tower(name, n):
    i = keras.Input((n,), name=name)
    h = layers.Dense(8, activation="relu", use_bias=False, name=name + "_fc")(i)
    return i, h


user_in, u = tower("user", 12)
item_in, v = tower("item", 9)
match = layers.Dense(1, activation="sigmoid")(Match()([u, v]))
model = keras.Model([user_in, item_in], match)
model.compile(keras.optimizers.Adam(1e-3), "mse")

users = np.random.binomial(1, 0.3, (256, 12)).astype("float32")
items = np.random.normal(size=(256, 9)).astype("float32")
users[::40] = 0                       # cold start: no history yet
clicked = np.random.rand(256).astype("float32")
h = model.fit({"user": users, "item": items}, clicked, epochs=3, batch_size=64, verbose=2)
print(np.isnan(model.get_layer("user_fc").get_weights()[0]).mean())
