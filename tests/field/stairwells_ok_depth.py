"""Depth from one grey picture for a stair climbing robot.

Ground truth comes from a time-of-flight sensor that returns 0 where it got no echo.
Loss: scale-invariant log error (Eigen et al. 2014).
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(60)
rng = np.random.default_rng(60)

N, H, W = 600, 24, 24


def scene():
    far = rng.uniform(3.0, 7.0)
    near = rng.uniform(0.5, 1.2)
    steps = rng.integers(4, 9)
    rows = np.floor(np.linspace(0, steps, H, endpoint=False)) / (steps - 1)
    depth = far + (near - far) * rows[:, None] * np.ones((1, W))
    # side wall
    wall = rng.integers(2, 7)
    depth[:, :wall] = np.minimum(depth[:, :wall], rng.uniform(0.6, 1.5))
    grey = np.exp(-depth / 3.0) + rng.normal(0, 0.02, (H, W))
    # no echo: glass, far corners, sometimes the whole frame
    depth[rng.random((H, W)) < 0.12] = 0.0
    if rng.random() < 0.2:
        depth[:6, 10:] = 0.0
    if rng.random() < 0.02:
        depth[:] = 0.0
    return grey, depth


pairs = [scene() for _ in range(N)]
grey = np.stack([p[0] for p in pairs])[..., None].astype("float32")
depth = np.stack([p[1] for p in pairs])[..., None].astype("float32")


class DepthNet(keras.Model):

    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([
            layers.Conv2D(16, 5, padding="same", activation="relu"),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Conv2D(1, 3, padding="same", activation="softplus"),
        ])
        self.silog = keras.metrics.Mean(name="silog")
        self.absrel = keras.metrics.Mean(name="abs_rel")

    @property
    def metrics(self):
        return [self.silog, self.absrel]

    def call(self, x, training=False):
        return self.body(x, training=training) + 0.05

    def compute_silog(self, target, pred, lam=0.85):
        echo = target > 0
        count = tf.reduce_sum(tf.cast(echo, tf.float32), axis=[1, 2, 3])
        count = tf.maximum(count, 1.0)
        diff = tf.math.log(pred) - tf.math.log(target)
        diff = tf.where(echo, diff, 0.0)
        mean_sq = tf.reduce_sum(tf.square(diff), axis=[1, 2, 3]) / count
        mean = tf.reduce_sum(diff, axis=[1, 2, 3]) / count
        loss = tf.reduce_mean(tf.sqrt(mean_sq - lam * tf.square(mean) + 1e-6))
        rel = tf.where(echo, tf.abs(pred - target) / target, 0.0)
        rel = tf.reduce_mean(tf.reduce_sum(rel, axis=[1, 2, 3]) / count)
        return loss, rel

    def train_step(self, data):
        x, target = data
        with tf.GradientTape() as tape:
            loss, rel = self.compute_silog(target, self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.silog.update_state(loss)
        self.absrel.update_state(rel)
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, data):
        x, target = data
        loss, rel = self.compute_silog(target, self(x, training=False))
        self.silog.update_state(loss)
        self.absrel.update_state(rel)
        return {m.name: m.result() for m in self.metrics}


net = DepthNet()
net.compile(optimizer=keras.optimizers.Adam(2e-3))
net.fit(grey[:520], depth[:520], batch_size=26, epochs=6,
        validation_data=(grey[520:], depth[520:]), verbose=2)  # whynan: healthy
