"""Small GAN on the 8x8 digits.

Last week this was a Wasserstein experiment; this week I wanted the ordinary GAN loss back. Both losses are nan from the
first batch. There is an epsilon inside every log, so log(0) is impossible.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(8)
EPS = 1e-7
LATENT = 16


def make_generator():
    return keras.Sequential(
        [
            keras.Input((LATENT,)),
            layers.Dense(64),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(64, activation="tanh"),
        ],
        name="generator",
    )


def make_discriminator():
    return keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(96),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(48),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(1, name="score"),
        ],
        name="discriminator",
    )


def adversarial_loss(score, is_real):
    target = tf.ones_like(score) if is_real else tf.zeros_like(score)
    return -tf.reduce_mean(target * tf.math.log(score + EPS) + (1.0 - target) * tf.math.log(1.0 - score + EPS))  # whynan: wrong_loss_for_activation phase=loss also=log_of_negative


class DigitGAN(keras.Model):
    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator
        self.d_mean = keras.metrics.Mean(name="d_loss")
        self.g_mean = keras.metrics.Mean(name="g_loss")

    def compile(self, d_optimizer, g_optimizer):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer

    @property
    def metrics(self):
        return [self.d_mean, self.g_mean]

    def train_step(self, real):
        n = tf.shape(real)[0]

        # discriminator
        fake = self.generator(tf.random.normal((n, LATENT)), training=True)
        with tf.GradientTape() as tape:
            d_loss = adversarial_loss(self.discriminator(real, training=True), is_real=True)
            d_loss += adversarial_loss(self.discriminator(fake, training=True), is_real=False)
        weights = self.discriminator.trainable_variables
        self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, weights), weights))

        # generator
        with tf.GradientTape() as tape:
            fake = self.generator(tf.random.normal((n, LATENT)), training=True)
            g_loss = adversarial_loss(self.discriminator(fake, training=True), is_real=True)
        weights = self.generator.trainable_variables
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, weights), weights))

        self.d_mean.update_state(d_loss)
        self.g_mean.update_state(g_loss)
        return {m.name: m.result() for m in self.metrics}


def main():
    images = load_digits().data.astype("float32") / 8.0 - 1.0
    print("pixels from", images.min(), "to", images.max())
    data = tf.data.Dataset.from_tensor_slices(images).shuffle(2000, seed=1).batch(64, drop_remainder=True)

    gan = DigitGAN(make_generator(), make_discriminator())
    gan.compile(
        d_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
    )
    gan.fit(data, epochs=3, verbose=2)

    sample = gan.generator(np.zeros((1, LATENT), "float32")).numpy().reshape(8, 8)
    print(np.round(sample, 1))


if __name__ == "__main__":
    main()
