"""Inactivation of Listeria in milk products: D and z values from the recipe, fitted to counts after holding.

Fitting on the bench trials works, the error goes down steadily. When I add the runs of the plant to the same table the
loss becomes inf/nan within the first epoch, although the plant counts are all perfectly normal numbers.
"""
import math

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(12)
LN10 = math.log(10.0)
INOCULUM = 1e6
rng = np.random.default_rng(40)


def trials(n, celsius, seconds):
    frame = pd.DataFrame({
        "ph": rng.normal(6.6, 0.15, n), "fat": rng.gamma(4.0, 1.0, n), "salt": rng.uniform(0, 1.5, n),
        "celsius": rng.uniform(*celsius, n), "seconds": rng.uniform(*seconds, n),
    })
    d65 = 20.0 * np.exp(0.05 * (frame.fat - 4) + 0.8 * (frame.ph - 6.6))
    d = d65 * 10 ** (-(frame.celsius - 65) / 7.0)
    frame["log_count"] = np.maximum(6 - frame.seconds / d + rng.normal(0, 0.2, n), 0.0)  # below one colony: 0
    return frame


def as_batches(frame, size=32):
    order = rng.permutation(len(frame))
    recipe = ((frame[["ph", "fat", "salt"]] - [6.6, 4.0, 0.75]) / [0.15, 2.0, 0.4]).to_numpy("float32")
    rest = frame[["celsius", "seconds", "log_count"]].to_numpy("float32")
    for start in range(0, len(order), size):
        take = order[start:start + size]
        yield tf.constant(recipe[take]), tf.constant(rest[take])


net = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(2, kernel_initializer=keras.initializers.RandomNormal(stddev=0.05)),
])
optimizer = keras.optimizers.Adam(4e-3)


def alive_after(recipe, celsius, seconds):
    out = net(recipe)
    d65 = 20.0 * tf.exp(out[:, 0])
    z = 6.0 + tf.nn.softplus(out[:, 1])
    d = d65 * tf.exp(-LN10 * (celsius - 65.0) / z)
    return INOCULUM * tf.exp(-LN10 * seconds / d)


bench = trials(360, celsius=(58, 70), seconds=(5, 40))
plant = trials(40, celsius=(134, 140), seconds=(2, 5))

for label, table, epochs in (("bench", bench, 12), ("bench + plant", pd.concat([bench, plant]), 12)):
    for epoch in range(epochs):
        losses = []
        for recipe, rest in as_batches(table):
            with tf.GradientTape() as tape:
                alive = alive_after(recipe, rest[:, 0], rest[:, 1])
                loss = tf.reduce_mean(tf.abs(tf.math.log(alive) / LN10 - rest[:, 2]))  # whynan: exp_underflow phase=forward|loss also=log_of_zero
            grads = tape.gradient(loss, net.trainable_variables)
            grads, _ = tf.clip_by_global_norm(grads, 1.0)
            optimizer.apply_gradients(zip(grads, net.trainable_variables))
            losses.append(float(loss))
        print(f"{label:14s} epoch {epoch:2d}  decades off {np.mean(losses):.3f}")
