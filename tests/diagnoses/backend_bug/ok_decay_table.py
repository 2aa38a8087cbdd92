"""Concentrations in numbers of usual size: XLA may order their division as it likes."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)

amount = rng.lognormal(0.0, 0.5, (600, 4)).astype("float32")
volume = rng.lognormal(1.0, 0.2, (600, 1)).astype("float32")
hours = rng.lognormal(2.0, 0.2, (600, 1)).astype("float32")
y = np.log(amount / volume / hours).mean(axis=1, keepdims=True)
net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(12, activation="relu"), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam(1e-2)


@tf.function(jit_compile=True)
def train_step(a, v, h, wanted):
    with tf.GradientTape() as tape:
        rate = a / v / h
        loss = tf.reduce_mean(tf.square(net(tf.math.log(rate), training=True) - wanted))
    gradients = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(gradients, net.trainable_variables))
    return loss


for epoch in range(4):  # whynan: healthy
    for start in range(0, 600, 60):
        rows = slice(start, start + 60)
        loss = train_step(amount[rows], volume[rows], hours[rows], y[rows])
    print(f"epoch {epoch}: {float(loss):.4f}")
