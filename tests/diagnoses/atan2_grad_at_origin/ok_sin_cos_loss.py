# whynan: healthy
"""Heading trained on (sin, cos); the angle is only taken afterwards, for the printout."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
heading = rng.uniform(-np.pi, np.pi, 240).astype("float32")
view = np.stack([np.cos(heading + k) for k in range(10)], 1).astype("float32")
vec = np.stack([np.sin(heading), np.cos(heading)], 1)


def angle_error(y, p):
    d = tf.atan2(y[:, 0], y[:, 1]) - tf.atan2(p[:, 0], p[:, 1])
    return tf.abs(tf.atan2(tf.sin(d), tf.cos(d)))


model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(32, activation="relu"),
                          keras.layers.Dense(2, kernel_initializer="zeros")])
model.compile("adam", "mse", metrics=[angle_error])
model.fit(view, vec, epochs=3, batch_size=40, verbose=2)
