"""DDPM for 1-D seismic wavelets. Based on the keras.io DDPM code, plus

* betas rescaled to zero terminal SNR ("Common diffusion noise schedules ... are flawed")
* min-SNR-gamma weighting of the noise loss
"""
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1010)


@dataclass
class DiffusionConfig:
    steps: int = 50
    beta_min: float = 1e-4
    beta_max: float = 0.05
    snr_gamma: float = 5.0
    length: int = 32


class GaussianDiffusion:
    def __init__(self, cfg: DiffusionConfig):
        self.cfg = cfg
        betas = np.linspace(cfg.beta_min, cfg.beta_max, cfg.steps, dtype=np.float64)
        alphas_cumprod = self.rescale_to_zero_terminal_snr(np.cumprod(1.0 - betas))
        self.alphas_cumprod = tf.constant(alphas_cumprod, dtype=tf.float32)

    @staticmethod
    def rescale_to_zero_terminal_snr(alphas_cumprod):
        root = np.sqrt(alphas_cumprod)
        first, last = root[0], root[-1]
        root = (root - last) * first / (first - last)
        return root**2

    def gather(self, t):
        return tf.reshape(tf.gather(self.alphas_cumprod, t), (-1, 1))

    def q_sample(self, x0, t, noise):
        a = self.gather(t)
        return tf.sqrt(a) * x0 + tf.sqrt(1.0 - a) * noise

    def loss_weight(self, t):
        a = self.gather(t)[:, 0]
        snr = a / (1.0 - a)
        capped = tf.minimum(snr, self.cfg.snr_gamma)
        return capped / snr  # whynan: divide_by_zero phase=loss


class NoisePredictor(keras.Model):
    def __init__(self, cfg, width=64):
        super().__init__()
        self.time = layers.Embedding(cfg.steps, 16)
        self.join = layers.Concatenate()
        self.stack = [layers.Dense(width, activation="silu") for _ in range(3)]
        self.out = layers.Dense(cfg.length)

    def call(self, inputs):
        x_t, t = inputs
        h = self.join([x_t, self.time(t)])
        for layer in self.stack:
            h = layer(h)
        return self.out(h)


class DDPM(keras.Model):
    def __init__(self, network, diffusion):
        super().__init__()
        self.network = network
        self.diffusion = diffusion
        self.noise_loss = keras.metrics.Mean(name="noise_loss")

    @property
    def metrics(self):
        return [self.noise_loss]

    def train_step(self, wavelets):
        batch = tf.shape(wavelets)[0]
        t = tf.random.uniform((batch,), 0, self.diffusion.cfg.steps, dtype=tf.int32)
        noise = tf.random.normal(tf.shape(wavelets))
        with tf.GradientTape() as tape:
            x_t = self.diffusion.q_sample(wavelets, t, noise)
            prediction = self.network((x_t, t), training=True)
            per_sample = tf.reduce_mean(tf.square(noise - prediction), axis=1)
            loss = tf.reduce_mean(self.diffusion.loss_weight(t) * per_sample)
        variables = self.network.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.noise_loss.update_state(loss)
        return {m.name: m.result() for m in self.metrics}


def ricker(n, length, seed=1010):
    rng = np.random.default_rng(seed)
    t = np.linspace(-1, 1, length)[None]
    f = rng.uniform(1.0, 4.0, (n, 1))
    arg = (np.pi * f * (t - rng.uniform(-0.3, 0.3, (n, 1)))) ** 2
    return ((1 - 2 * arg) * np.exp(-arg)).astype("float32")


cfg = DiffusionConfig()
ddpm = DDPM(NoisePredictor(cfg), GaussianDiffusion(cfg))
ddpm.compile(optimizer=keras.optimizers.Adam(1e-3))
ddpm.fit(ricker(512, cfg.length), batch_size=32, epochs=4, verbose=2)
