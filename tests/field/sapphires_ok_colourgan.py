# A small GAN that invents sapphires: hue, tone, saturation and log carat of cut stones.
# (training data for the sorting machine, our own collection is too small)
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1234)
rng = np.random.default_rng(1234)

ORIGINS = {                       # hue, tone, saturation, log carat
    "ceylon": ([225, 4.5, 3.5, 0.6], [9, 0.8, 0.7, 0.5]),
    "montana": ([195, 3.5, 2.2, 0.1], [14, 0.7, 0.5, 0.3]),
    "australia": ([238, 7.0, 3.0, 0.8], [8, 0.9, 0.6, 0.4]),
}
parts = [rng.normal(m, s, (n, 4)) for (m, s), n in zip(ORIGINS.values(), [1100, 660, 800])]
stones = np.concatenate(parts)
mean, std = stones.mean(0), stones.std(0)
stones = ((stones - mean) / std).astype("float32")
rng.shuffle(stones)

LATENT = 6

generator = keras.Sequential([
    keras.Input((LATENT,)),
    layers.Dense(32), layers.LeakyReLU(negative_slope=0.2),
    layers.Dense(32), layers.LeakyReLU(negative_slope=0.2),
    layers.Dense(4),
], name="generator")

critic = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(32), layers.LeakyReLU(negative_slope=0.2),
    layers.Dense(32), layers.LeakyReLU(negative_slope=0.2),
    layers.Dense(1),
], name="critic")


class StoneGAN(keras.Model):
    def __init__(self, gen, dis):
        super().__init__()
        self.gen, self.dis = gen, dis
        self.d_mean = keras.metrics.Mean(name="d_loss")
        self.g_mean = keras.metrics.Mean(name="g_loss")

    def compile(self, g_opt, d_opt):
        super().compile()
        self.g_opt, self.d_opt = g_opt, d_opt
        self.bce = keras.losses.BinaryCrossentropy(from_logits=True)

    @property
    def metrics(self):
        return [self.d_mean, self.g_mean]

    def train_step(self, real):
        n = tf.shape(real)[0]
        with tf.GradientTape() as tape:
            fake = self.gen(tf.random.normal((n, LATENT)), training=True)
            on_real, on_fake = self.dis(real, training=True), self.dis(fake, training=True)
            d_loss = self.bce(0.9 * tf.ones_like(on_real), on_real) + self.bce(tf.zeros_like(on_fake), on_fake)
        grads = tape.gradient(d_loss, self.dis.trainable_variables)
        self.d_opt.apply_gradients(zip(grads, self.dis.trainable_variables))

        with tf.GradientTape() as tape:
            judged = self.dis(self.gen(tf.random.normal((n, LATENT)), training=True), training=True)
            g_loss = self.bce(tf.ones_like(judged), judged)
        grads = tape.gradient(g_loss, self.gen.trainable_variables)
        self.g_opt.apply_gradients(zip(grads, self.gen.trainable_variables))

        self.d_mean.update_state(d_loss)
        self.g_mean.update_state(g_loss)
        return {"d_loss": self.d_mean.result(), "g_loss": self.g_mean.result()}


gan = StoneGAN(generator, critic)
gan.compile(g_opt=keras.optimizers.Adam(1e-3, beta_1=0.5), d_opt=keras.optimizers.Adam(2e-3, beta_1=0.5))
gan.fit(stones, batch_size=128, epochs=30, verbose=2)  # whynan: healthy

invented = generator.predict(rng.normal(size=(1000, LATENT)).astype("float32"), verbose=0)
print("mean, real:", mean.round(2), " invented:", (invented.mean(0) * std + mean).round(2))
print("std,  real:", std.round(2), " invented:", (invented.std(0) * std).round(2))
