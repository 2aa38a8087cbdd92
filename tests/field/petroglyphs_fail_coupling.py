"""Density model of 8x8 rock-art thumbnails (16 grey levels) with affine coupling layers.

Follows the usual recipe: map pixels to the real line with a logit, then RealNVP.
"""
import math

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(101)
SIDE = 8
DIM = SIDE * SIDE
HALF = DIM // 2
LEVELS = 16


def carve(n, seed=6):
    rng = np.random.default_rng(seed)
    canvas = np.zeros((n, SIDE, SIDE))
    for i in range(n):
        for _ in range(rng.integers(2, 4)):
            r, c = rng.integers(1, SIDE - 1, 2)
            if rng.random() < 0.5:
                canvas[i, r, c:] += rng.uniform(0.4, 1.2)
            else:
                canvas[i, r:, c] += rng.uniform(0.4, 1.2)
    canvas += rng.uniform(0, 0.15, canvas.shape)
    levels = np.clip(np.round(canvas * (LEVELS - 1)), 0, LEVELS - 1)
    return levels.reshape(n, DIM).astype("uint8")


def prepare(levels):
    p = tf.cast(levels, tf.float32) / (LEVELS - 1)
    return tf.math.log(p) - tf.math.log(1.0 - p)  # whynan: inf_in_input phase=data also=log_of_zero


class Coupling(keras.Model):
    def __init__(self, flip):
        super().__init__()
        self.flip = flip
        self.body = keras.Sequential(
            [
                keras.Input((HALF,)),
                keras.layers.Dense(64, activation="tanh"),
                keras.layers.Dense(2 * HALF, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01)),
            ]
        )

    def call(self, x):
        a, b = tf.split(x, 2, axis=1)
        if self.flip:
            a, b = b, a
        s, t = tf.split(self.body(a), 2, axis=1)
        s = 2.0 * tf.tanh(s)
        b = b * tf.exp(s) + t
        out = tf.concat([b, a] if self.flip else [a, b], axis=1)
        return out, tf.reduce_sum(s, axis=1)


def log_prob(x, layers):
    total = tf.zeros(tf.shape(x)[0])
    for layer in layers:
        x, logdet = layer(x)
        total += logdet
    base = -0.5 * tf.reduce_sum(x**2, axis=1) - 0.5 * DIM * math.log(2 * math.pi)
    return base + total


if __name__ == "__main__":
    thumbs = carve(800)
    flow = [Coupling(flip=bool(i % 2)) for i in range(4)]
    for layer in flow:
        layer(tf.zeros((1, DIM)))
    variables = [v for layer in flow for v in layer.trainable_variables]
    opt = keras.optimizers.Adam(1e-3)

    ds = tf.data.Dataset.from_tensor_slices(thumbs).shuffle(800, seed=0).map(prepare).batch(50)
    for epoch in range(3):
        bits = []
        for batch in ds:
            with tf.GradientTape() as tape:
                nll = -tf.reduce_mean(log_prob(batch, flow))
            opt.apply_gradients(zip(tape.gradient(nll, variables), variables))
            bits.append(float(nll) / (DIM * math.log(2)))
        print("epoch", epoch, "bits/dim", np.mean(bits))
