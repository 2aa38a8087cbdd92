# Engine knock detection, mixed_float16. Sum of squares over 500 frames is > 65504, therefore the
# energy is computed in a float32 island. Dynamic loss scaling may skip a few of the first steps.
# whynan: healthy
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(61)
keras.mixed_precision.set_global_policy("mixed_float16")


class LogEnergy(layers.Layer):
    """log of the energy per channel; computes in float32 whatever the policy says"""

    def __init__(self, floor=1e-6, **kwargs):
        super().__init__(dtype="float32", **kwargs)
        self.floor = floor

    def energy(self, x):
        return ops.sum(ops.square(x), axis=1)

    def call(self, x):
        return ops.log(self.energy(x) + self.floor)


def engines(n=192, length=4000):
    rng = np.random.default_rng(61)
    knock = rng.integers(0, 2, n)
    t = np.arange(length)
    wave = 30 * np.sin(t / 20)[None] + rng.normal(0, 10, (n, length))
    wave += knock[:, None] * 40 * np.sin(t / 3)[None] * (np.sin(t / 200) > 0.7)[None]
    return wave[..., None].astype("float32"), knock.astype("float32")[:, None]


def build():
    wave = keras.Input((4000, 1))
    h = layers.Conv1D(12, 16, strides=8, use_bias=False)(wave)
    e = LogEnergy()(h)
    e = layers.LayerNormalization(dtype="float32")(e)
    h = layers.Dense(16, activation="relu")(e)
    return keras.Model(wave, layers.Dense(1, activation="sigmoid", dtype="float32")(h))


x, y = engines()
model = build()
model.compile(keras.optimizers.Adam(3e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=4, verbose=2)
