# GAN for single-cycle clarinet waveforms. Instance noise on the critic input is
# annealed during training (Sonderby et al.), and the critic is told the noise level.
import argparse
import logging
import pathlib
import tempfile

import numpy as np
import tensorflow as tf
import keras
from keras import layers

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=9)
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--latent", type=int, default=12)
parser.add_argument("--sigma0", type=float, default=0.5)
parser.add_argument("--lr-g", type=float, default=4e-4)
parser.add_argument("--lr-c", type=float, default=4e-4)
parser.add_argument("--seed", type=int, default=3)
args = parser.parse_args()

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
logger = logging.getLogger("clarinet-gan")
keras.utils.set_random_seed(args.seed)
SAMPLES = 32


def make_cycles(n, rng):
    """Odd harmonics dominate in the chalumeau register."""
    t = np.linspace(0, 2 * np.pi, SAMPLES, endpoint=False)
    wave = np.zeros((n, SAMPLES))
    for k in (1, 2, 3, 5, 7):
        strength = rng.gamma(4.0, 0.25, n) / k * (0.15 if k == 2 else 1.0)
        phase = rng.normal(0, 0.2, n)
        wave += strength[:, None] * np.sin(k * t[None] + phase[:, None])
    wave /= np.abs(wave).max(axis=1, keepdims=True)
    return wave.astype("float32")


class Generator(keras.Model):
    def __init__(self):
        super().__init__()
        self.net = keras.Sequential([layers.Dense(48), layers.LeakyReLU(), layers.Dense(48),
                                     layers.LeakyReLU(), layers.Dense(SAMPLES, activation="tanh")])

    def call(self, z):
        return self.net(z)


class Critic(keras.Model):
    def __init__(self):
        super().__init__()
        self.h1 = layers.Dense(64, activation="elu")
        self.h2 = layers.Dense(64, activation="elu")
        self.logit = layers.Dense(1)

    def call(self, inputs):
        wave, sigma = inputs
        noisy = wave + sigma * tf.random.normal(tf.shape(wave))
        level = tf.fill([tf.shape(wave)[0], 1], tf.math.log(sigma))  # whynan: log_of_zero phase=forward
        return self.logit(self.h2(self.h1(tf.concat([noisy, level], axis=1))))


class GanTrainer:
    def __init__(self, gen, critic, folder):
        self.gen, self.critic, self.folder = gen, critic, folder
        self.bce = keras.losses.BinaryCrossentropy(from_logits=True)
        self.opt_g = keras.optimizers.Adam(args.lr_g, beta_1=0.5)
        self.opt_c = keras.optimizers.Adam(args.lr_c, beta_1=0.5)
        gen(tf.zeros([1, args.latent]))
        critic((tf.zeros([1, SAMPLES]), tf.constant(args.sigma0)))
        self.opt_g.build(gen.trainable_variables)
        self.opt_c.build(critic.trainable_variables)

    @tf.function
    def critic_step(self, real, sigma):
        fake = self.gen(tf.random.normal([tf.shape(real)[0], args.latent]))
        with tf.GradientTape() as tape:
            lr_ = self.critic((real, sigma))
            lf_ = self.critic((fake, sigma))
            loss = self.bce(0.9 * tf.ones_like(lr_), lr_) + self.bce(tf.zeros_like(lf_), lf_)
        grads = tape.gradient(loss, self.critic.trainable_variables)
        self.opt_c.apply_gradients(zip(grads, self.critic.trainable_variables))
        return loss

    @tf.function
    def generator_step(self, n, sigma):
        with tf.GradientTape() as tape:
            fake = self.gen(tf.random.normal([n, args.latent]))
            score = self.critic((fake, sigma))
            loss = self.bce(tf.ones_like(score), score)
        grads = tape.gradient(loss, self.gen.trainable_variables)
        self.opt_g.apply_gradients(zip(grads, self.gen.trainable_variables))
        return loss

    def spectrum_gap(self, held_out):
        fake = self.gen(tf.random.normal([len(held_out), args.latent])).numpy()
        a = np.abs(np.fft.rfft(held_out, axis=1)).mean(axis=0)
        b = np.abs(np.fft.rfft(fake, axis=1)).mean(axis=0)
        return float(np.abs(a - b).mean())

    def fit(self, train, held_out):
        ds = tf.data.Dataset.from_tensor_slices(train).shuffle(2048, seed=1)
        ds = ds.batch(args.batch, drop_remainder=True)
        for epoch in range(args.epochs):
            sigma = tf.constant(args.sigma0 * (1.0 - epoch / (args.epochs - 1)), tf.float32)
            lc, lg = [], []
            for real in ds:
                lc.append(float(self.critic_step(real, sigma)))
                lg.append(float(self.generator_step(tf.shape(real)[0], sigma)))
            logger.info("epoch %d sigma %.3f critic %.4f generator %.4f spectrum gap %.3f", epoch,
                        float(sigma), np.mean(lc), np.mean(lg), self.spectrum_gap(held_out))
            self.gen.save_weights(self.folder / f"gen_{epoch:02d}.weights.h5")


if __name__ == "__main__":
    rng = np.random.default_rng(args.seed)
    with tempfile.TemporaryDirectory() as d:
        trainer = GanTrainer(Generator(), Critic(), pathlib.Path(d))
        trainer.fit(make_cycles(1024, rng), make_cycles(256, rng))
