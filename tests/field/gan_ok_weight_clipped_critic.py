"""WGAN (original version with weight clipping). Critic loss is negative and keeps moving, that's how it should be."""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(12)
CLIP, BATCH, LATENT = 0.05, 64, 4


class ClipWeights(keras.constraints.Constraint):
    def __call__(self, w):
        return keras.ops.clip(w, -CLIP, CLIP)


def dense(units):
    return layers.Dense(units, kernel_constraint=ClipWeights(), bias_constraint=ClipWeights())


critic = keras.Sequential([keras.Input((2,)), dense(32), layers.LeakyReLU(0.2), dense(32), layers.LeakyReLU(0.2), dense(1)])
gen = keras.Sequential([keras.Input((LATENT,)), layers.Dense(32, activation="relu"), layers.Dense(2)])


class WGAN(keras.Model):
    def __init__(self, critic, gen, n_critic=3):
        super().__init__()
        self.critic, self.gen, self.n_critic = critic, gen, n_critic

    def compile(self, c_opt, g_opt):
        super().compile()
        self.c_opt, self.g_opt = c_opt, g_opt

    def call(self, z):
        return self.gen(z)

    def train_step(self, real):
        n = tf.shape(real)[0]
        for _ in range(self.n_critic):
            fake = self.gen(tf.random.normal([n, LATENT]))
            with tf.GradientTape() as tape:
                c_loss = tf.reduce_mean(self.critic(fake)) - tf.reduce_mean(self.critic(real))
            g = tape.gradient(c_loss, self.critic.trainable_variables)
            self.c_opt.apply_gradients(zip(g, self.critic.trainable_variables))
        with tf.GradientTape() as tape:
            g_loss = -tf.reduce_mean(self.critic(self.gen(tf.random.normal([n, LATENT]))))
        g = tape.gradient(g_loss, self.gen.trainable_variables)
        self.g_opt.apply_gradients(zip(g, self.gen.trainable_variables))
        return {"c_loss": c_loss, "g_loss": g_loss}


theta = np.random.default_rng(3).uniform(0, 2 * np.pi, 1280)
ring = np.stack([np.cos(theta), np.sin(theta)], 1).astype("float32")
gan = WGAN(critic, gen)
gan.compile(keras.optimizers.RMSprop(5e-4), keras.optimizers.RMSprop(5e-4))
gan.build((None, LATENT))
gan.fit(tf.data.Dataset.from_tensor_slices(ring).shuffle(1280, seed=1).batch(BATCH), epochs=5, verbose=2)
