"""Texture synthesis without a pretrained network: match the mean and the spread of the responses of random filters.

From an all-noise canvas it works, but I want to start from the "average colour" canvas (zero after the mean is
subtracted), because the result is smoother. Then the loss of iteration 0 is fine and the picture is nan from 1 on.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(4)
SIZE = 48


def wood_grain(size, seed=4):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[0:size, 0:size] / size
    rings = np.sin(40 * xx + 6 * np.sin(5 * yy) + rng.normal(0, 0.2, xx.shape))
    base = np.stack([0.55 + 0.2 * rings, 0.38 + 0.15 * rings, 0.22 + 0.08 * rings], axis=-1)
    return np.clip(base + rng.normal(0, 0.02, base.shape), 0, 1).astype("float32")


class FilterBank:
    """Two frozen layers of random filters; the responses are taken before the relu."""

    def __init__(self, filters=(16, 32)):
        self.layers = [
            keras.layers.Conv2D(n, 5, padding="valid", kernel_initializer="he_normal", trainable=False)
            for n in filters
        ]

    def __call__(self, image):
        responses, x = [], image
        for conv in self.layers:
            x = conv(x)
            responses.append(x)
            x = tf.nn.avg_pool2d(tf.nn.relu(x), 2, 2, "VALID")
        return responses


def statistics(response):
    mean = tf.reduce_mean(response, axis=[1, 2])
    spread = tf.math.reduce_std(response, axis=[1, 2])  # whynan: std_grad_at_zero phase=gradient also=sqrt_grad_at_zero
    return mean, spread


def mismatch(responses, wanted):
    total = 0.0
    for response, (mean, spread) in zip(responses, wanted):
        m, s = statistics(response)
        total += tf.reduce_mean(tf.square(m - mean)) + tf.reduce_mean(tf.square(s - spread))
    return total


picture = wood_grain(SIZE)
colour = picture.mean(axis=(0, 1))
bank = FilterBank()
wanted = [statistics(r) for r in bank(tf.constant(picture - colour)[None])]

canvas = tf.Variable(tf.zeros((1, SIZE, SIZE, 3)))
optimizer = keras.optimizers.Adam(0.02)

for iteration in range(40):
    with tf.GradientTape() as tape:
        loss = mismatch(bank(tf.identity(canvas)), wanted)
    gradient = tape.gradient(loss, canvas)
    optimizer.apply_gradients([(gradient, canvas)])
    if iteration % 5 == 0:
        print(f"{iteration:3d}  loss {float(loss):.5f}  brightness {float(tf.reduce_mean(canvas)):.4f}")
