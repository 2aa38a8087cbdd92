"""Concentration profile in a thin catalyst wash-coat, half-order surface reaction:

    c'' = k * sqrt(c),   c(0) = 0 (support side scavenges everything),   c(1) = 1

Physics-informed net, the wall condition is built into the ansatz.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(50)

K = 2.2
POINTS = 256
CHUNK = 32
SWEEPS = 30

net = keras.Sequential([
    layers.Input((1,)),
    layers.Dense(24, activation="tanh"),
    layers.Dense(24, activation="tanh"),
    layers.Dense(1, activation="softplus"),
])
opt = keras.optimizers.Adam(3e-3)
opt.build(net.trainable_variables)

depth = tf.constant(np.linspace(0.0, 1.0, POINTS)[:, None], tf.float32)
surface = tf.ones((1, 1))


def conc(x):
    return x * net(x)


def residual(x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            c = conc(x)
        c_x = inner.gradient(c, x)
    c_xx = outer.gradient(c_x, x)
    sink = K * tf.sqrt(c)  # whynan: sqrt_grad_at_zero phase=gradient
    return c_xx - sink


def step(x):
    with tf.GradientTape() as tape:
        physics = tf.reduce_mean(tf.square(residual(x)))
        edge = tf.reduce_mean(tf.square(conc(surface) - 1.0))
        loss = physics + 20.0 * edge
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


@tf.function
def sweep():
    pts = tf.random.shuffle(depth)
    total = tf.constant(0.0)
    for k in tf.range(POINTS // CHUNK):
        total += step(pts[k * CHUNK:(k + 1) * CHUNK])
    return total / float(POINTS // CHUNK)


def main():
    for s in range(SWEEPS):
        value = sweep()
        if s % 5 == 0 or s == SWEEPS - 1:
            print(f"sweep {s:3d}   loss {float(value):.5f}")
    grid = np.linspace(0.1, 1.0, 10, dtype="float32")[:, None]
    print(np.round(conc(tf.constant(grid)).numpy().ravel(), 3))


main()
