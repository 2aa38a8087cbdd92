"""Line drawing -> printed tone of an etching plate, conditional GAN (pix2pix on single scan lines)."""
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)
W = 32
LAMBDA = 100.0


def plates(n):
    lines = (rng.random((n, W)) < 0.25) * rng.uniform(0.3, 1.0, (n, W))
    spread = np.array([0.1, 0.25, 0.3, 0.25, 0.1])
    ink = np.stack([np.convolve(row, spread, "same") for row in lines])
    tone = np.tanh(3.0 * ink) + rng.normal(0, 0.02, ink.shape)
    return lines.astype("float32"), tone.astype("float32")


def make_generator():
    return keras.Sequential([
        keras.Input((W,)),
        layers.Dense(96, activation="relu"),
        layers.Dense(96, activation="relu"),
        layers.Dense(W),
    ], name="generator")


def make_discriminator():
    return keras.Sequential([
        keras.Input((2 * W,)),
        layers.Dense(64), layers.LeakyReLU(0.2),
        layers.Dense(32), layers.LeakyReLU(0.2),
        layers.Dense(1),
    ], name="discriminator")


class PlateGAN(keras.Model):
    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator
        self.bce = keras.losses.BinaryCrossentropy(from_logits=True)
        self.d_metric = keras.metrics.Mean(name="d_loss")
        self.g_metric = keras.metrics.Mean(name="g_loss")
        self.l1_metric = keras.metrics.Mean(name="l1")

    def compile(self, g_optimizer, d_optimizer):
        super().compile()
        self.g_optimizer = g_optimizer
        self.d_optimizer = d_optimizer

    @property
    def metrics(self):
        return [self.d_metric, self.g_metric, self.l1_metric]

    def train_step(self, data):
        sketch, real = data
        fake = self.generator(sketch, training=True)
        with tf.GradientTape() as tape:
            on_real = self.discriminator(tf.concat([sketch, real], 1), training=True)
            on_fake = self.discriminator(tf.concat([sketch, fake], 1), training=True)
            d_loss = self.bce(tf.ones_like(on_real), on_real) + self.bce(tf.zeros_like(on_fake), on_fake)
        grads = tape.gradient(d_loss, self.discriminator.trainable_weights)
        self.d_optimizer.apply_gradients(zip(grads, self.discriminator.trainable_weights))

        with tf.GradientTape() as tape:
            fake = self.generator(sketch, training=True)
            verdict = self.discriminator(tf.concat([sketch, fake], 1), training=True)
            l1 = tf.reduce_mean(tf.abs(fake - real))
            g_loss = self.bce(tf.ones_like(verdict), verdict) + LAMBDA * l1
        grads = tape.gradient(g_loss, self.generator.trainable_weights)
        self.g_optimizer.apply_gradients(zip(grads, self.generator.trainable_weights))

        self.d_metric.update_state(d_loss)
        self.g_metric.update_state(g_loss)
        self.l1_metric.update_state(l1)
        return {m.name: m.result() for m in self.metrics}


sketches, tones = plates(1500)
gan = PlateGAN(make_generator(), make_discriminator())
gan.compile(keras.optimizers.Adam(2e-3, beta_1=0.5), keras.optimizers.Adam(5e-4, beta_1=0.5))
gan.fit(sketches, tones, batch_size=50, epochs=15, verbose=2)  # whynan: healthy

new_lines, new_tones = plates(200)
print("held-out L1:", np.abs(gan.generator.predict(new_lines, verbose=0) - new_tones).mean())
