"""Self-supervised embeddings of cicada calls (whitening-MSE, no negatives, no momentum encoder).

Two noisy views of every call are embedded, whitened together over the batch and pulled onto each other.
"""
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(17)


@dataclass
class Config:
    calls: int = 1285
    features: int = 36
    dim: int = 32
    batch: int = 64
    epochs: int = 4
    lr: float = 1e-3


def cicada_calls(cfg):
    rng = np.random.default_rng(40)
    species = rng.integers(0, 7, cfg.calls)
    prototypes = rng.normal(size=(7, cfg.features))
    x = prototypes[species] + 0.8 * rng.normal(size=(cfg.calls, cfg.features))
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), species


class Views:
    """Wind, distance and recorder gain."""

    def __init__(self, wind=0.4, gain=0.1):
        self.wind, self.gain = wind, gain

    def __call__(self, x):
        shape = tf.shape(x)
        loud = 1.0 + self.gain * tf.random.normal([shape[0], 1])
        return x * loud + self.wind * tf.random.normal(shape)


def encoder(cfg):
    return keras.Sequential(
        [
            keras.Input((cfg.features,)),
            layers.Dense(128, activation="gelu"),
            layers.Dense(96, activation="gelu"),
            layers.Dense(cfg.dim),
        ]
    )


def covariance(centred):
    n = tf.cast(tf.shape(centred)[0], centred.dtype)
    return tf.matmul(centred, centred, transpose_a=True) / (n - 1.0)


def whiten(z):
    centred = z - tf.reduce_mean(z, axis=0, keepdims=True)
    root = tf.linalg.cholesky(covariance(centred))  # whynan: not_positive_definite phase=forward|loss
    return tf.transpose(tf.linalg.triangular_solve(root, tf.transpose(centred)))


class Trainer:
    def __init__(self, cfg):
        self.cfg = cfg
        self.net = encoder(cfg)
        self.views = Views()
        self.opt = keras.optimizers.Adam(cfg.lr)
        self.opt.build(self.net.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(self, x):
        with tf.GradientTape() as tape:
            z = self.net(tf.concat([self.views(x), self.views(x)], 0), training=True)
            a, b = tf.split(whiten(z), 2, axis=0)
            a, b = tf.math.l2_normalize(a, -1), tf.math.l2_normalize(b, -1)
            loss = tf.reduce_mean(2.0 - 2.0 * tf.reduce_sum(a * b, axis=-1))
        w = self.net.trainable_variables
        self.opt.apply_gradients(zip(tape.gradient(loss, w), w))
        return loss

    def run(self, x):
        ds = tf.data.Dataset.from_tensor_slices(x).shuffle(len(x), seed=6).batch(self.cfg.batch)
        for epoch in range(self.cfg.epochs):
            total = [float(self.step(xb)) for xb in ds]
            print("epoch", epoch, "w-mse", np.round(np.mean(total), 4))


if __name__ == "__main__":
    config = Config()
    calls, _ = cicada_calls(config)
    Trainer(config).run(calls)
