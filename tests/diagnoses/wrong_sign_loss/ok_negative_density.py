# whynan: healthy
"""Negative log likelihood of a narrow density: the loss is rightly below zero."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(47)
rng = np.random.default_rng(47)
x = rng.uniform(-1, 1, (256, 2)).astype("float32")
y = (0.05 * x[:, :1] + rng.normal(0, 0.01, (256, 1))).astype("float32")


def nll(y_true, params):
    mean, raw = tf.split(params, 2, -1)
    sigma = tf.nn.softplus(raw) + 1e-3
    return 0.5 * tf.square((y_true - mean) / sigma) + tf.math.log(sigma)


model = keras.Sequential([keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(2)])
model.compile(keras.optimizers.Adam(0.01), nll)
model.fit(x, y, epochs=10, batch_size=32, verbose=2)
