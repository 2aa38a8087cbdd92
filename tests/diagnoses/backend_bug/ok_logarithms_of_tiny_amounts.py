"""Amounts per cell, tiny as they are: their logarithms are taken apart, so that no product of them is ever made."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)

doses = rng.lognormal(-57.0, 0.3, (800, 6)).astype("float32")
volume = rng.lognormal(-57.0, 0.2, (800, 1)).astype("float32")
hours = rng.lognormal(-57.0, 0.2, (800, 1)).astype("float32")
effect = np.log(doses.sum(axis=1) / volume[:, 0]).astype("float32")


class LogConcentration(layers.Layer):
    def call(self, inputs):
        dose, litres, per_cell = inputs
        return keras.ops.log(dose) - keras.ops.log(litres) - keras.ops.log(per_cell) - 57.0


given = [keras.Input((6,)), keras.Input((1,)), keras.Input((1,))]
hidden = layers.Dense(16, activation="tanh")(LogConcentration()(given))
model = keras.Model(given, layers.Dense(1)(hidden))
model.compile("adam", "mse", jit_compile=True)
history = model.fit([doses, volume, hours], effect, batch_size=40, epochs=4, verbose=2)  # whynan: healthy
