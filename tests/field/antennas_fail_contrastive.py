"""Self-supervised modulation recognition on IQ snapshots.
  1. denoising autoencoder warm-up
  2. contrastive stage (two random views of the same snapshot)
  3. nearest-centroid probe on the frozen encoder
"""
import os
import tempfile
from dataclasses import dataclass, field

import numpy as np
import tensorflow as tf
import keras
from keras import layers


@dataclass
class Stage:
    epochs: int
    lr: float
    batch: int = 64


@dataclass
class Experiment:
    seed: int = 1984
    precision: str = "mixed_float16"
    n_snapshots: int = 1024
    warmup: Stage = field(default_factory=lambda: Stage(epochs=3, lr=1e-3))
    contrast: Stage = field(default_factory=lambda: Stage(epochs=3, lr=5e-4))
    tau: float = 0.07
    workdir: str = ""


class Snapshots:
    """BPSK, QPSK, 8-PSK and a pure carrier, 32 complex samples each."""

    def __init__(self, n, seed):
        self.rng = np.random.default_rng(seed)
        self.label = self.rng.integers(0, 4, n)
        order = np.array([2, 4, 8, 1])[self.label]
        symbol = self.rng.integers(0, 1000, (n, 8)) % order[:, None]
        phase = 2 * np.pi * symbol / order[:, None]
        self.iq = np.repeat(np.exp(1j * phase), 4, axis=1)

    def view(self, idx):
        z = self.iq[idx] * np.exp(1j * self.rng.uniform(-0.4, 0.4, (len(idx), 1)))
        z = z + 0.15 * (self.rng.normal(size=z.shape) + 1j * self.rng.normal(size=z.shape))
        return self.stack(z)

    def clean(self, idx):
        return self.stack(self.iq[idx])

    @staticmethod
    def stack(z):
        return np.concatenate([z.real, z.imag], axis=1).astype("float32")

    def batches(self, size):
        order = self.rng.permutation(len(self.iq))
        for i in range(0, len(order) - size + 1, size):
            yield order[i:i + size]


def build_models():
    enc = keras.Sequential([keras.Input((64,)), layers.Dense(64, "swish"), layers.Dense(32, "swish")], name="enc")
    dec = keras.Sequential([keras.Input((32,)), layers.Dense(64, "swish"), layers.Dense(64)], name="dec")
    proj = keras.Sequential([keras.Input((32,)), layers.Dense(32, "swish"), layers.Dense(16)], name="proj")
    return enc, dec, proj


def nt_xent(za, zb, tau):
    z = tf.math.l2_normalize(tf.concat([za, zb], axis=0), axis=1)
    n = tf.shape(za)[0]
    sim = tf.exp(tf.matmul(z, z, transpose_b=True) / tau)  # whynan: float16_overflow phase=forward|loss also=exp_overflow
    sim = sim * (1.0 - tf.eye(2 * n, dtype=sim.dtype))
    pos = tf.tile(tf.linalg.diag_part(sim[:n, n:]), [2])
    ratio = tf.cast(pos / tf.reduce_sum(sim, axis=1), tf.float32)
    return -tf.reduce_mean(tf.math.log(ratio))


class Runner:
    def __init__(self, exp, data):
        self.exp, self.data = exp, data
        self.enc, self.dec, self.proj = build_models()

    def warmup(self):
        st = self.exp.warmup
        opt = keras.optimizers.Adam(st.lr)
        weights = self.enc.trainable_variables + self.dec.trainable_variables
        for epoch in range(st.epochs):
            losses = []
            for idx in self.data.batches(st.batch):
                with tf.GradientTape() as tape:
                    out = tf.cast(self.dec(self.enc(self.data.view(idx))), tf.float32)
                    loss = tf.reduce_mean(tf.square(out - self.data.clean(idx)))
                opt.apply_gradients(zip(tape.gradient(loss, weights), weights))
                losses.append(float(loss))
            print(f"warm-up {epoch}: mse {np.mean(losses):.4f}  probe {self.probe():.3f}")
        self.enc.save_weights(os.path.join(self.exp.workdir, "warm.weights.h5"))

    def contrast(self):
        st = self.exp.contrast
        opt = keras.optimizers.Adam(st.lr)
        weights = self.enc.trainable_variables + self.proj.trainable_variables
        self.enc.load_weights(os.path.join(self.exp.workdir, "warm.weights.h5"))
        for epoch in range(st.epochs):
            losses = []
            for idx in self.data.batches(st.batch):
                with tf.GradientTape() as tape:
                    za = self.proj(self.enc(self.data.view(idx)))
                    zb = self.proj(self.enc(self.data.view(idx)))
                    loss = nt_xent(za, zb, self.exp.tau)
                opt.apply_gradients(zip(tape.gradient(loss, weights), weights))
                losses.append(float(loss))
            print(f"contrast {epoch}: nt-xent {np.mean(losses):.4f}  probe {self.probe():.3f}")

    def probe(self):
        f = self.enc(self.data.clean(np.arange(len(self.data.iq)))).numpy().astype("float32")
        centre = np.stack([f[self.data.label == k].mean(axis=0) for k in range(4)])
        dist = ((f[:, None] - centre[None]) ** 2).sum(axis=-1)
        return float((dist.argmin(axis=1) == self.data.label).mean())


if __name__ == "__main__":
    exp = Experiment()
    keras.utils.set_random_seed(exp.seed)
    keras.mixed_precision.set_global_policy(exp.precision)
    with tempfile.TemporaryDirectory() as exp.workdir:
        runner = Runner(exp, Snapshots(exp.n_snapshots, exp.seed))
        runner.warmup()
        runner.contrast()
