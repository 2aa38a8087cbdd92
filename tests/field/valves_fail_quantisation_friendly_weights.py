"""Wear of control valves from stroke signatures, to be quantised to int8 afterwards.

For the quantisation I want the weights of every dense layer to be spread evenly, so their fourth
standardised moment is pulled towards that of a uniform distribution. Without the residual blocks the
penalty worked; with them the very first loss is nan.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(64)


class EvenSpread(keras.regularizers.Regularizer):
    TARGET = 1.8

    def __init__(self, strength=1e-2):
        self.strength = strength

    def __call__(self, w):
        centred = w - ops.mean(w)
        z = centred / ops.std(w)  # whynan: zero_variance_normalisation phase=forward|loss also=divide_by_zero,std_grad_at_zero
        return self.strength * ops.square(ops.mean(z ** 4) - self.TARGET)

    def get_config(self):
        return {"strength": self.strength}


def dense(units, spread, **kwargs):
    return layers.Dense(units, kernel_regularizer=EvenSpread(spread), **kwargs)


def residual_block(h, width, spread, index):
    shortcut = h
    h = layers.LayerNormalization(name=f"norm_{index}")(h)
    h = dense(2 * width, spread, activation="gelu", name=f"expand_{index}")(h)
    # every block starts as the identity
    h = dense(width, spread, kernel_initializer="zeros", name=f"project_{index}")(h)
    return layers.Add(name=f"add_{index}")([shortcut, h])


def build(n_features, blocks=3, width=32, spread=1e-2):
    inputs = keras.Input((n_features,))
    h = dense(width, spread, name="stem")(inputs)
    for index in range(blocks):
        h = residual_block(h, width, spread, index)
    h = layers.LayerNormalization(name="norm_out")(h)
    return keras.Model(inputs, dense(1, spread, name="wear")(h), name="valve_wear")


def stroke_signatures(n=900):
    rng = np.random.default_rng(27)
    cycles = rng.gamma(2.0, 40.0, n)
    friction = 1.0 + 0.004 * cycles + rng.normal(0, 0.08, n)
    dead_time = 0.12 + 0.0006 * cycles + rng.normal(0, 0.01, n)
    overshoot = rng.normal(0.05, 0.02, n) + 0.0002 * cycles
    supply = rng.normal(6.0, 0.3, n)
    temperature = rng.normal(45, 12, n)
    x = np.column_stack([friction, dead_time, overshoot, supply, temperature, friction * dead_time])
    wear = 0.01 * cycles * (1 + 0.01 * (temperature - 45)) + rng.normal(0, 0.05, n)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x.astype("float32"), ((wear - wear.mean()) / wear.std()).astype("float32")


x, y = stroke_signatures()
model = build(x.shape[1])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
model.fit(x, y, validation_split=0.2, batch_size=64, epochs=5, verbose=2)
