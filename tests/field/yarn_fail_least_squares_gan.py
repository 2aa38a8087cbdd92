"""Synthetic yarn: a small GAN that invents thickness profiles for our loom simulator, real bobbins are scarce.

I worked through the usual list of GAN tips: leaky units, noise from a normal distribution, least squares instead of
cross-entropy (its gradients do not vanish), SGD for the discriminator and Adam for the generator. The loss of the
discriminator goes down well below zero, which looked like progress, and in the same minute both losses are nan.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(47)

CONFIG = {
    "points": 48,
    "noise": 16,
    "batch": 64,
    "epochs": 14,
    "d_rate": 0.01,
    "g_rate": 2e-4,
}


def bobbins(n, points, seed=6):
    """Thickness along 48 cm, relative to nominal: slow drift, a drafting wave and a few thick places."""
    rng = np.random.default_rng(seed)
    cm = np.arange(points)
    drift = np.cumsum(rng.normal(0.0, 0.02, (n, points)), axis=1)
    wave_length = rng.uniform(7.0, 11.0, (n, 1))
    wave = 0.12 * np.sin(2.0 * np.pi * cm / wave_length + rng.uniform(0.0, 6.28, (n, 1)))
    thick = np.zeros((n, points))
    for row in np.flatnonzero(rng.random(n) < 0.35):
        thick[row] += rng.uniform(0.3, 0.7) * np.exp(-0.5 * ((cm - rng.uniform(4, points - 4)) / 1.5) ** 2)
    profile = drift - drift.mean(axis=1, keepdims=True) + wave + thick
    return np.clip(profile / 0.8, -1.0, 1.0).astype("float32")


def make_generator(noise, points):
    return keras.Sequential(
        [
            keras.Input((noise,)),
            layers.Dense(64),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(96),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(points, activation="tanh"),
        ],
        name="spinner",
    )


def make_discriminator(points):
    return keras.Sequential(
        [
            keras.Input((points,)),
            layers.Dense(96),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(48),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(1),  # no sigmoid with least squares
        ],
        name="inspector",
    )


class YarnGan(keras.Model):
    def __init__(self, generator, discriminator, noise):
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator
        self.noise = noise
        self.d_tracker = keras.metrics.Mean(name="d_loss")
        self.g_tracker = keras.metrics.Mean(name="g_loss")

    def compile(self, d_optimizer, g_optimizer):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer

    @property
    def metrics(self):
        return [self.d_tracker, self.g_tracker]

    def train_step(self, real):
        count = tf.shape(real)[0]
        fake = self.generator(tf.random.normal((count, self.noise)), training=True)
        with tf.GradientTape() as tape:
            verdict_real = self.discriminator(real, training=True)
            verdict_fake = self.discriminator(fake, training=True)
            d_loss = 0.5 * (tf.reduce_mean((verdict_real - 1.0) ** 2) - tf.reduce_mean(verdict_fake ** 2))
        weights = self.discriminator.trainable_variables
        self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights))

        with tf.GradientTape() as tape:
            fake = self.generator(tf.random.normal((count, self.noise)), training=True)
            g_loss = 0.5 * tf.reduce_mean((self.discriminator(fake, training=True) - 1.0) ** 2)
        weights = self.generator.trainable_variables
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights))  # whynan: wrong_sign_loss phase=forward|loss|gradient|update also=exploding_gradient,unbounded_loss,learning_rate_too_high

        self.d_tracker.update_state(d_loss)
        self.g_tracker.update_state(g_loss)
        return {tracker.name: tracker.result() for tracker in self.metrics}


if __name__ == "__main__":
    profiles = bobbins(960, CONFIG["points"])
    dataset = tf.data.Dataset.from_tensor_slices(profiles).shuffle(960, seed=3).batch(CONFIG["batch"], drop_remainder=True)
    gan = YarnGan(
        make_generator(CONFIG["noise"], CONFIG["points"]),
        make_discriminator(CONFIG["points"]),
        CONFIG["noise"],
    )
    gan.compile(
        d_optimizer=keras.optimizers.SGD(CONFIG["d_rate"], momentum=0.9),
        g_optimizer=keras.optimizers.Adam(CONFIG["g_rate"], beta_1=0.5),
    )
    gan.fit(dataset, epochs=CONFIG["epochs"], verbose=2)
    invented = gan.generator.predict(np.random.default_rng(0).normal(size=(5, CONFIG["noise"])), verbose=0)
    print("roughness real / invented", np.abs(np.diff(profiles)).mean(), np.abs(np.diff(invented)).mean())
