"""PINN for the porous medium equation u_t = (u^m)_xx, Barenblatt initial condition."""
import argparse

import numpy as np
import tensorflow as tf
import keras

parser = argparse.ArgumentParser()
parser.add_argument("--m", type=float, default=1.5)
parser.add_argument("--steps", type=int, default=60)
parser.add_argument("--n-interior", type=int, default=400)
args = parser.parse_args()
keras.utils.set_random_seed(14)


class Net(keras.Model):
    def __init__(self, width=24, depth=3):
        super().__init__()
        self.hidden = [keras.layers.Dense(width, activation="tanh") for _ in range(depth)]
        self.out = keras.layers.Dense(1)

    def call(self, x, t):
        h = tf.concat([x, t], axis=1)
        for layer in self.hidden:
            h = layer(h)
        return self.out(h)


def barenblatt0(x):
    return np.maximum(0.6 - 0.8 * x ** 2, 0.0) ** 2


def sample_points(rng, n):
    x = rng.uniform(-1, 1, (n, 1))
    t = rng.uniform(0, 1, (n, 1))
    t[: n // 8] = 0.0                      # residual on the initial line as well
    x0 = rng.uniform(-1, 1, (100, 1))
    return [tf.constant(a, tf.float32) for a in (x, t, x0, barenblatt0(x0))]


def pressure_flux(u, m):
    """w = u^m, the quantity that diffuses"""
    return tf.pow(u, m)  # whynan: pow_domain phase=loss|forward


def pde_residual(net, x, t, m):
    with tf.GradientTape() as second:
        second.watch(x)
        with tf.GradientTape(persistent=True) as first:
            first.watch(x)
            first.watch(t)
            u = net(x, t)
            w = pressure_flux(u, m)
        u_t = first.gradient(u, t)
        w_x = first.gradient(w, x)
    w_xx = second.gradient(w_x, x)
    return u_t - w_xx


net = Net()
net(tf.zeros((1, 1)), tf.zeros((1, 1)))
opt = keras.optimizers.Adam(1e-3)


@tf.function
def train_step(x, t, x0, u0):
    with tf.GradientTape() as tape:
        residual = pde_residual(net, x, t, args.m)
        mse_f = tf.reduce_mean(tf.square(residual))
        mse_0 = tf.reduce_mean(tf.square(net(x0, tf.zeros_like(x0)) - u0))
        loss = mse_f + 10.0 * mse_0
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return mse_f, mse_0


rng = np.random.default_rng(0)
for step in range(args.steps):
    mse_f, mse_0 = train_step(*sample_points(rng, args.n_interior))
    if step % 20 == 0:
        print(step, "pde", float(mse_f), "ic", float(mse_0))
