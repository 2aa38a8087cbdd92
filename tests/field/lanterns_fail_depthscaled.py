"""Brightness of paper lanterns from construction data, plain residual net without normalisation layers.

Initialisation depends on the depth (Zhang et al. 2019), so that no batch norm is needed.
"""
import math
import numpy as np
import tensorflow as tf
import keras
from keras import layers

DEPTH = 18
WIDTH = 48


class DepthScaled(keras.initializers.Initializer):
    """He normal, scaled with the number of residual branches L and the layers per branch m."""

    def __init__(self, depth, per_branch=2, seed=0):
        self.depth = depth
        self.per_branch = per_branch
        self.rng = np.random.default_rng(seed)

    def __call__(self, shape, dtype=None, **kwargs):
        he = math.sqrt(2.0 / shape[0])
        factor = self.depth ** (1 / (2 * self.per_branch - 2))
        w = self.rng.normal(0.0, he * factor, size=shape)
        return tf.convert_to_tensor(w, dtype=dtype or "float32")


class LanternNet(keras.Model):
    def __init__(self):
        super().__init__()
        init = DepthScaled(DEPTH, seed=14)
        self.entry = layers.Dense(WIDTH)
        self.branches = [
            keras.Sequential([
                layers.Dense(WIDTH, activation="relu", kernel_initializer=init),
                layers.Dense(WIDTH, kernel_initializer=init),
            ])
            for _ in range(DEPTH)
        ]
        self.head = layers.Dense(1)

    def call(self, x):
        h = self.entry(x)
        for branch in self.branches:
            h = h + branch(h)
        return self.head(h)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            lumen = self(x, training=True)
            error = tf.squeeze(lumen, -1) - y
            loss = tf.reduce_mean(tf.square(error))  # whynan: bad_initialization phase=loss
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss}


def workshop(n=640, seed=14):
    rng = np.random.default_rng(seed)
    paper_gsm = rng.uniform(18, 60, n)
    diameter = rng.choice([20, 30, 45, 60], n)
    led_watt = rng.choice([1.0, 2.5, 4.0], n)
    ribs = rng.integers(6, 24, n)
    oiled = rng.integers(0, 2, n)
    lumen = 90 * led_watt * np.exp(-paper_gsm / 70) * (1 + 0.25 * oiled) - 1.2 * ribs + rng.normal(0, 6, n)
    x = np.column_stack([paper_gsm, diameter, led_watt, ribs, oiled]).astype("float32")
    x = (x - x.mean(0)) / x.std(0)
    y = ((lumen - lumen.mean()) / lumen.std()).astype("float32")
    return x, y


keras.utils.set_random_seed(14)
x, y = workshop()
net = LanternNet()
net.compile(optimizer=keras.optimizers.SGD(1e-3, momentum=0.9, global_clipnorm=1.0))
net.fit(x, y, batch_size=64, epochs=4, verbose=2)
print("r =", np.corrcoef(net.predict(x, verbose=0)[:, 0], y)[0, 1])
