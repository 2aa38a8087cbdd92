"""Relativistic average GAN for load profiles of a cold store (32 values per profile, kW).

loss formulas copied from the paper (Jolicoeur-Martineau 2018), eq. 7 and 8
"""
import argparse
import logging

import numpy as np
import tensorflow as tf
import keras
from keras import layers

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("ragan")


def parse():
    p = argparse.ArgumentParser()
    p.add_argument("--steps", type=int, default=300)
    p.add_argument("--batch", type=int, default=64)
    p.add_argument("--latent", type=int, default=8)
    p.add_argument("--lr-d", type=float, default=1e-2)
    p.add_argument("--lr-g", type=float, default=1e-4)
    p.add_argument("--seed", type=int, default=88)
    return p.parse_args()


def profiles(n, seed):
    rng = np.random.default_rng(seed)
    hour = np.linspace(0, 2 * np.pi, 32)
    base = rng.uniform(2.5, 4.5, (n, 1))
    return (base + 0.6 * np.sin(hour + rng.uniform(-0.5, 0.5, (n, 1))) + rng.normal(0, 0.1, (n, 32))).astype("float32")


def make_generator(latent):
    return keras.Sequential(
        [keras.Input((latent,)), layers.Dense(64, activation="relu"), layers.Dense(32, activation="tanh")], name="g"
    )


def make_discriminator():
    return keras.Sequential(
        [keras.Input((32,)), layers.Dense(64), layers.LeakyReLU(negative_slope=0.2), layers.Dense(1)], name="d"
    )


class RelativisticLoss:
    """D(a, b) = sigmoid(C(a) - E[C(b)])"""

    @staticmethod
    def relative(a, b):
        return tf.sigmoid(a - tf.reduce_mean(b))

    def discriminator(self, c_real, c_fake):
        real = tf.math.log(self.relative(c_real, c_fake))
        fake = tf.math.log(1.0 - self.relative(c_fake, c_real))
        return -tf.reduce_mean(real) - tf.reduce_mean(fake)

    def generator(self, c_real, c_fake):
        fake = tf.reduce_mean(tf.math.log(self.relative(c_fake, c_real)))
        real = tf.reduce_mean(tf.math.log(1.0 - self.relative(c_real, c_fake)))  # whynan: log_of_zero phase=loss
        return -fake - real


class Trainer:
    def __init__(self, args):
        self.args = args
        self.g, self.d = make_generator(args.latent), make_discriminator()
        self.opt_g = keras.optimizers.Adam(args.lr_g)
        self.opt_d = keras.optimizers.Adam(args.lr_d)
        self.loss = RelativisticLoss()

    @tf.function
    def step(self, real):
        noise = tf.random.normal((self.args.batch, self.args.latent))
        with tf.GradientTape() as tape:
            loss_d = self.loss.discriminator(self.d(real, training=True), self.d(self.g(noise), training=True))
        grads = tape.gradient(loss_d, self.d.trainable_variables)
        self.opt_d.apply_gradients(zip(grads, self.d.trainable_variables))
        with tf.GradientTape() as tape:
            loss_g = self.loss.generator(self.d(real), self.d(self.g(noise, training=True)))
        grads = tape.gradient(loss_g, self.g.trainable_variables)
        self.opt_g.apply_gradients(zip(grads, self.g.trainable_variables))
        return loss_d, loss_g


def main():
    args = parse()
    keras.utils.set_random_seed(args.seed)
    data = tf.data.Dataset.from_tensor_slices(profiles(1024, args.seed))
    data = data.shuffle(1024, seed=args.seed).batch(args.batch, drop_remainder=True).repeat()
    trainer = Trainer(args)
    for step, real in enumerate(data.take(args.steps), start=1):
        loss_d, loss_g = trainer.step(real)
        if step % 25 == 0:
            log.info("step %4d  loss_d %.4f  loss_g %.4f", step, float(loss_d), float(loss_g))


if __name__ == "__main__":
    main()
