# GAN on a ring of gaussians with R1 regularisation. gamma is the value somebody posted for 1024 px
# StyleGAN. I do clip the gradients, so how can the critic explode?
import numpy as np
import keras
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(13)
OPTS = dict(latent=4, gamma=10_000.0, d_lr=0.05, g_lr=1e-3, clip=1.0, batch=64)


def mlp(n_in, n_out, name):
    return keras.Sequential([
        keras.Input((n_in,)),
        layers.Dense(64, activation="leaky_relu"),
        layers.Dense(64, activation="leaky_relu"),
        layers.Dense(n_out),
    ], name=name)


class R1GAN(keras.Model):
    def __init__(self, o):
        super().__init__()
        self.o = dict(o)
        self.gen, self.disc = mlp(o["latent"], 2, "gen"), mlp(2, 1, "disc")

    def compile(self, g_opt, d_opt):
        super().compile()
        self.g_opt, self.d_opt = g_opt, d_opt

    def r1(self, real):
        with tf.GradientTape() as inner:
            inner.watch(real)
            score = tf.reduce_sum(self.disc(real, training=True))
        g = inner.gradient(score, real)
        return 0.5 * self.o["gamma"] * tf.reduce_mean(tf.reduce_sum(tf.square(g), axis=-1))  # whynan: regularization_too_large phase=forward|loss|gradient|update also=exploding_gradient,learning_rate_too_high,clip_misuse

    def update(self, opt, tape, loss, net):
        grads = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(grads, net.trainable_variables))
        grads, norm = tf.clip_by_global_norm(grads, self.o["clip"])
        return norm

    def train_step(self, real):
        if isinstance(real, tuple):
            real = real[0]
        z = tf.random.normal((tf.shape(real)[0], self.o["latent"]))
        with tf.GradientTape() as tape:
            fake = self.gen(z, training=True)
            d_loss = tf.reduce_mean(tf.nn.softplus(self.disc(fake)) + tf.nn.softplus(-self.disc(real)))
            d_loss += self.r1(real)
        norm = self.update(self.d_opt, tape, d_loss, self.disc)
        with tf.GradientTape() as tape:
            g_loss = tf.reduce_mean(tf.nn.softplus(-self.disc(self.gen(z, training=True))))
        self.update(self.g_opt, tape, g_loss, self.gen)
        return {"d_loss": d_loss, "g_loss": g_loss, "d_norm": norm}


rng = np.random.default_rng(13)
angle = 2 * np.pi * rng.integers(0, 8, 1024) / 8
ring = np.stack([np.cos(angle), np.sin(angle)], 1) + rng.normal(0, 0.03, (1024, 2))
gan = R1GAN(OPTS)
gan.compile(keras.optimizers.Adam(OPTS["g_lr"], beta_1=0.0), keras.optimizers.SGD(OPTS["d_lr"]))
gan.fit(ring.astype("float32"), batch_size=OPTS["batch"], epochs=3, verbose=2)
