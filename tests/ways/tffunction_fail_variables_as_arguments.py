"""Logistic regression in the style of a functional library: the step gets its parameters as arguments."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
X = rng.normal(size=(512, 5)).astype("float32")
Y = (X @ rng.normal(size=(5, 1)) > 0).astype("float32")


def parameters(seed):
    return {"w": tf.Variable(tf.random.normal((5, 1), seed=seed)), "b": tf.Variable(tf.zeros(1))}


@tf.function
def train(parameters, x, y, sharpness):
    with tf.GradientTape() as tape:
        p = tf.sigmoid(sharpness * (x @ parameters["w"] + parameters["b"]))
        loss = -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))  # whynan: log_of_zero phase=loss
    names = sorted(parameters)
    for name, gradient in zip(names, tape.gradient(loss, [parameters[n] for n in names]), strict=True):
        parameters[name].assign_sub(0.1 * gradient)
    return loss


for sharpness in (0.5, 40.0):
    learned = parameters(seed=2)
    for epoch in range(3):
        for i in range(0, 512, 64):
            loss = train(learned, X[i : i + 64], Y[i : i + 64], tf.constant(sharpness))
    print(f"sharpness {sharpness}: {float(loss):.3f}")
