"""Decay rates of a rare isotope, fitted in a compiled step of our own."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)

counts = rng.lognormal(-58.0, 0.4, (640, 4)).astype("float32")
mass = rng.lognormal(-58.0, 0.2, (640, 1)).astype("float32")
area = rng.lognormal(-58.0, 0.2, (640, 1)).astype("float32")
x = rng.normal(0.0, 1.0, (640, 4)).astype("float32")
net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(4)])
optimizer = keras.optimizers.Adam(1e-2)


@tf.function(jit_compile=True)
def train_step(features, n, m, a):
    with tf.GradientTape() as tape:
        density = n / m / a  # whynan: backend_bug phase=loss|forward
        wanted = tf.math.log(density)
        loss = tf.reduce_mean(tf.square(net(features, training=True) + 58.0 - wanted))
    gradients = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(gradients, net.trainable_variables))
    return loss


losses = []
for epoch in range(6):
    for start in range(0, 640, 64):
        rows = slice(start, start + 64)
        losses.append(float(train_step(x[rows], counts[rows], mass[rows], area[rows])))
    print(f"epoch {epoch}: {losses[-1]:.4f}")
