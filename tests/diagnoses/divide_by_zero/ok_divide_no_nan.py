# whynan: healthy
"""Debt ratio with divide_no_nan for applicants that have no income."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
debt = rng.gamma(2.0, 5.0, (320, 1)).astype("float32")
income = rng.gamma(4.0, 10.0, (320, 1)).astype("float32")
income[::20] = 0.0
target = (debt > 10).astype("float32")


class Ratio(keras.layers.Layer):
    def call(self, inputs):
        return tf.math.divide_no_nan(inputs[0], inputs[1])


a, b = keras.Input((1,)), keras.Input((1,))
r = Ratio()([keras.layers.Dense(1)(a), b])
out = keras.layers.Dense(1, activation="sigmoid")(r)
model = keras.Model([a, b], out)
model.compile("sgd", "binary_crossentropy")
model.fit([debt, income], target, epochs=3, verbose=2)
