# whynan: healthy
# 2-D ring GAN, losses go up and down all the time (as GAN losses do)
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(123)
LATENT = 8


def mlp(n_in, n_out, name):
    return keras.Sequential(
        [
            keras.Input((n_in,)),
            layers.Dense(32),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(32),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dense(n_out),
        ],
        name=name,
    )


class RingGAN(keras.Model):
    def __init__(self):
        super().__init__()
        self.generator = mlp(LATENT, 2, "generator")
        self.discriminator = mlp(2, 1, "discriminator")
        self.bce = keras.losses.BinaryCrossentropy(from_logits=True)

    def call(self, z):
        return self.generator(z)

    def compile(self, d_opt, g_opt):
        super().compile()
        self.d_opt, self.g_opt = d_opt, g_opt

    def train_step(self, real):
        n = tf.shape(real)[0]
        with tf.GradientTape() as tape:
            fake = self.generator(tf.random.normal((n, LATENT)), training=True)
            logits_r = self.discriminator(real, training=True)
            logits_f = self.discriminator(fake, training=True)
            d_loss = self.bce(0.9 * tf.ones_like(logits_r), logits_r) + self.bce(tf.zeros_like(logits_f), logits_f)
        d_vars = self.discriminator.trainable_variables
        self.d_opt.apply_gradients(zip(tape.gradient(d_loss, d_vars), d_vars))

        with tf.GradientTape() as tape:
            logits_f = self.discriminator(self.generator(tf.random.normal((n, LATENT)), training=True))
            g_loss = self.bce(tf.ones_like(logits_f), logits_f)
        g_vars = self.generator.trainable_variables
        self.g_opt.apply_gradients(zip(tape.gradient(g_loss, g_vars), g_vars))
        return {"d_loss": d_loss, "g_loss": g_loss}


theta = np.random.default_rng(1).uniform(0, 2 * np.pi, 1024)
ring = np.stack([2 * np.cos(theta), 2 * np.sin(theta)], axis=1).astype("float32")
ds = tf.data.Dataset.from_tensor_slices(ring).shuffle(1024, seed=1).batch(64, drop_remainder=True)

gan = RingGAN()
gan.compile(keras.optimizers.Adam(3e-3, beta_1=0.5), keras.optimizers.Adam(1e-3, beta_1=0.5))
gan.fit(ds, epochs=8, verbose=2)
