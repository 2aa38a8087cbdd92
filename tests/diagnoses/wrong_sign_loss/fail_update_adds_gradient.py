"""Gradient descent by hand on a table of prices."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(3)
RATE = 0.01

rng = np.random.default_rng(0)
x = rng.normal(size=(512, 6)).astype("float32")
y = (x @ rng.normal(size=(6, 1)) + 0.1 * rng.normal(size=(512, 1))).astype("float32")
model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])

for epoch in range(40):
    for i in range(0, 512, 64):
        with tf.GradientTape() as tape:
            error = y[i : i + 64] - model(x[i : i + 64])
            loss = tf.reduce_mean(tf.square(error))  # whynan: wrong_sign_loss phase=forward|loss|gradient
        gradients = tape.gradient(loss, model.trainable_variables)
        for variable, gradient in zip(model.trainable_variables, gradients):
            variable.assign_add(RATE * gradient)
    print(epoch, float(loss))
