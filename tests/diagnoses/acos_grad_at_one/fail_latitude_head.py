"""Predict the breeding latitude of birds; the head keeps it between the poles."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)
wing = rng.normal(120, 25, 240)
weight = rng.normal(90, 30, 240)
distance = rng.uniform(10, 9000, 240)
X = np.stack([wing, weight, distance], axis=1).astype("float32")
lat = np.radians(20 + 0.005 * distance + rng.normal(0, 2, 240)).astype("float32")


class Latitude(layers.Layer):
    def call(self, h):
        sine = ops.tanh(h)
        return ops.arcsin(sine)  # whynan: acos_grad_at_one phase=gradient also=unscaled_input


inputs = keras.Input((3,))
h = layers.Dense(16, activation="relu")(inputs)
h = layers.Dense(1)(h)
birds = keras.Model(inputs, Latitude()(h))
birds.compile(optimizer="adam", loss="mae")
for epoch in range(3):
    history = birds.fit(X, lat, batch_size=40, verbose=0)
    print("epoch", epoch, history.history)
print([bool(np.isfinite(w).all()) for w in birds.get_weights()])
