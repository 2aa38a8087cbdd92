"""An optimizer of one's own, as an exercise."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(8)


class PlainDescent(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=0.01, **kwargs):
        super().__init__(learning_rate=learning_rate, name="plain_descent", **kwargs)

    def update_step(self, gradient, variable, learning_rate):
        rate = ops.cast(learning_rate, variable.dtype)
        self.assign_add(variable, rate * ops.cast(gradient, variable.dtype))


rng = np.random.default_rng(1)
x = rng.normal(size=(640, 8)).astype("float32")
y = np.tanh(x[:, :1]) - 0.5 * x[:, 1:2]
model = keras.Sequential([keras.Input((8,)), layers.Dense(24, activation="relu"), layers.Dense(1)])
model.compile(PlainDescent(0.02), loss="mse")
model.fit(x, y, epochs=40, batch_size=64, verbose=0)  # whynan: wrong_sign_loss phase=forward|loss|gradient
