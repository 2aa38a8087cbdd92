"""How deep can a plain network be trained with orthogonal matrices? (no normalisation, no skip connections)

Dynamical isometry papers say: thousands of layers. I can't even evaluate the first loss.
"""
import sys

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(0)


def leaky_gain(slope):
    # He et al. 2015, eq. 15: the factor that keeps the variance for a leaky relu
    return 2.0 / (1.0 + slope ** 2)


class PlainDeep(tf.Module):
    def __init__(self, depth, width, slope):
        super().__init__()
        self.slope = slope
        gain = leaky_gain(slope)
        self.kernels = [
            tf.Variable(keras.initializers.Orthogonal(gain=gain, seed=i)((width, width)), name=f"k{i}")
            for i in range(depth)
        ]
        self.biases = [tf.Variable(tf.zeros([width]), name=f"b{i}") for i in range(depth)]
        self.readout = tf.Variable(tf.zeros([width, 1]), name="readout")

    def trunk(self, h):
        for kernel, bias in zip(self.kernels, self.biases):
            z = tf.matmul(h, kernel)  # whynan: bad_initialization phase=forward also=exploding_gradient
            h = tf.nn.leaky_relu(z + bias, self.slope)
        return h

    def __call__(self, x):
        return tf.matmul(self.trunk(x), self.readout)


def spirals(n=128, width=32):
    rng = np.random.default_rng(0)
    t = rng.uniform(0.5, 3.0, n)
    side = rng.integers(0, 2, n)
    xy = np.stack([t * np.cos(3 * t + np.pi * side), t * np.sin(3 * t + np.pi * side)], 1)
    lift = rng.normal(size=(2, width))
    return (xy @ lift).astype("float32"), side.astype("float32")[:, None]


def fit(depth, steps=6, lr=1e-3):
    x, y = spirals()
    net = PlainDeep(depth, width=x.shape[1], slope=0.2)
    for step in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=net(x)))
        grads = tape.gradient(loss, net.trainable_variables)
        for w, g in zip(net.trainable_variables, grads):
            w.assign_sub(lr * g)
        print(f"depth {depth} step {step} loss {float(loss):.5f}", file=sys.stderr)


if __name__ == "__main__":
    fit(depth=400)
