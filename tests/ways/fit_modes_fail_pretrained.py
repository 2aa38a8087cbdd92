"""Fine-tune from a checkpoint that was saved by a run which had already blown up."""
import os
import tempfile

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(122)


def build():
    return keras.Sequential([
        keras.Input((6,)),
        layers.Dense(16, activation="tanh", name="backbone"),
        layers.Dense(1, name="head"),
    ])


def old_run(path):
    m = build()
    k, b = m.get_layer("backbone").get_weights()
    k[2, 5] = np.nan
    m.get_layer("backbone").set_weights([k, b])
    m.save_weights(path)


with tempfile.TemporaryDirectory() as d:
    path = os.path.join(d, "run7.weights.h5")
    old_run(path)
    model = build()
    model.load_weights(path)  # whynan: nan_in_initial_weights phase=data|forward

model.compile(keras.optimizers.Adam(1e-4), "mse")
x = np.random.normal(size=(128, 6)).astype("float32")
y = x[:, :1] * x[:, 1:2]
model.fit(x, y, epochs=2, verbose=2)
