"""Depth maps of lakes: a small coordinate network per lake, whose weights another network writes from lake facts.

The facts (area, shore length, geology ...) go through an encoder, and one head per layer writes the 32x32 matrix of the
coordinate network. The first loss is a number with twelve zeros, the second one is nan, whatever seed I take.
"""
import math

import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(2)
layers = tf.keras.layers


def lakes(n_lakes=48, n_points=64):
    rng = np.random.default_rng(2)
    facts = rng.normal(size=(n_lakes, 10))
    xy = rng.uniform(-1, 1, size=(n_lakes, n_points, 2))
    radius = 0.7 + 0.2 * np.tanh(facts[:, :1])
    slope = 1.0 + 0.3 * np.tanh(facts[:, 1:2])
    r = np.linalg.norm(xy, axis=-1)
    depth = np.maximum(0.0, radius - r) * slope + 0.05 * np.sin(4 * xy[..., 0])
    return facts.astype("float32"), xy.astype("float32"), depth.astype("float32")


class WrittenLayer(layers.Layer):
    """One layer of the coordinate network; kernel and bias are outputs of heads on the lake's code."""

    def __init__(self, width):
        super().__init__()
        self.width = width
        self.write_kernel = layers.Dense(width * width, kernel_initializer="he_normal")
        self.write_bias = layers.Dense(width)

    def call(self, inputs):
        code, h = inputs
        kernel = tf.reshape(self.write_kernel(code), (-1, self.width, self.width))
        bias = self.write_bias(code)[:, None, :]
        return tf.nn.leaky_relu(tf.einsum("bpi,bij->bpj", h, kernel) + bias)  # whynan: bad_initialization phase=forward also=exploding_gradient,learning_rate_too_high


class DepthField(tf.keras.Model):
    def __init__(self, width=32, depth=8, code_size=64):
        super().__init__()
        self.encoder = tf.keras.Sequential([layers.Dense(code_size, activation="gelu"), layers.LayerNormalization()])
        self.stem = layers.Dense(width, activation="tanh")
        self.written = [WrittenLayer(width) for _ in range(depth)]
        self.readout = layers.Dense(1)

    @staticmethod
    def waves(xy):
        return tf.concat([f(math.pi * k * xy) for k in (0.5, 1.0, 2.0) for f in (tf.sin, tf.cos)], axis=-1)

    def call(self, inputs):
        facts, xy = inputs
        code = self.encoder(facts)
        h = self.stem(self.waves(xy))
        for layer in self.written:
            h = layer((code, h))
        return self.readout(h)[..., 0]


def main(steps=20, batch=16):
    facts, xy, depth = lakes()
    field = DepthField()
    sgd = tf.keras.optimizers.SGD(1e-3, momentum=0.9)
    order = np.random.default_rng(0)
    for step in range(steps):
        pick = order.choice(len(facts), batch, replace=False)
        with tf.GradientTape() as tape:
            guess = field((tf.constant(facts[pick]), tf.constant(xy[pick])), training=True)
            loss = tf.reduce_mean(tf.square(guess - depth[pick]))
        grads = tape.gradient(loss, field.trainable_variables)
        sgd.apply_gradients(zip(grads, field.trainable_variables))
        print(f"{step:3d}  {float(loss):.4g}")


main()
