"""Daily dose per kilogram and hour: a custom layer normalises tiny concentrations twice."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)

doses = rng.lognormal(-57.0, 0.3, (800, 6)).astype("float32")  # mol per cell
volume = rng.lognormal(-57.0, 0.2, (800, 1)).astype("float32")  # litres
hours = rng.lognormal(-57.0, 0.2, (800, 1)).astype("float32")  # of the whole culture, per cell
effect = np.log1p(doses.sum(axis=1) / volume[:, 0]).astype("float32")


class Concentration(layers.Layer):
    def call(self, inputs):
        dose, litres, per_cell = inputs
        return keras.ops.log1p(dose / litres / per_cell * 1e-25)  # whynan: backend_bug phase=forward


given = [keras.Input((6,)), keras.Input((1,)), keras.Input((1,))]
hidden = layers.Dense(16, activation="tanh")(Concentration()(given))
model = keras.Model(given, layers.Dense(1)(hidden))
model.compile("adam", "mse", jit_compile=True)
history = model.fit([doses, volume, hours], effect, batch_size=40, epochs=4, verbose=2)
