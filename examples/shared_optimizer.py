# exit: 2
"""One optimizer object handed to two models: Keras refuses, and nothing about it is numerical."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

rng = np.random.default_rng(0)
x = rng.normal(size=(64, 8)).astype("float32")
y = x.sum(axis=1, keepdims=True)

optimizer = keras.optimizers.Adam(learning_rate=0.01)


def make_model():
    model = keras.Sequential([layers.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
    model.compile(optimizer=optimizer, loss="mse")
    return model


first = make_model()
second = make_model()

first.fit(x, y, epochs=2, verbose=0)
second.fit(x, y, epochs=2, verbose=0)
