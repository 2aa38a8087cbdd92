"""Radar to optical translation (conditional GAN with an L1 term) for cloudy days.

With 64-pixel tiles this trained for weeks. To get more tiles per scene we cut them to 32 pixels, nothing else changed,
and now the generator loss is nan from the first epoch. The tiles themselves were checked, no missing values.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(41)

TILE = 32
DEPTH = 5
TILES = 48


def make_tiles(count, seed):
    rng = np.random.default_rng(seed)
    colours = np.array([[0.15, 0.45, 0.12], [0.62, 0.55, 0.33], [0.08, 0.16, 0.35], [0.55, 0.55, 0.58]])
    echo = np.array([0.45, 0.30, 0.06, 0.80])
    yy, xx = np.mgrid[:TILE, :TILE]
    radar = np.zeros((count, TILE, TILE, 1), "float32")
    optical = np.zeros((count, TILE, TILE, 3), "float32")
    for i in range(count):
        seeds = rng.uniform(0, TILE, size=(6, 2))
        kinds = rng.integers(0, 4, size=6)
        nearest = np.argmin([(yy - a) ** 2 + (xx - b) ** 2 for a, b in seeds], axis=0)
        cover = kinds[nearest]
        speckle = rng.gamma(4.0, 0.25, size=(TILE, TILE))
        radar[i, ..., 0] = np.clip(echo[cover] * speckle, 0, 2) - 0.5
        optical[i] = np.clip(colours[cover] + rng.normal(0, 0.02, (TILE, TILE, 3)), 0, 1) * 2 - 1
    return radar, optical


class InstanceNorm(layers.Layer):
    def build(self, input_shape):
        channels = input_shape[-1]
        self.gain = self.add_weight(shape=(channels,), initializer="ones", name="gain")
        self.shift = self.add_weight(shape=(channels,), initializer="zeros", name="shift")

    def call(self, x):
        mean, var = tf.nn.moments(x, axes=[1, 2], keepdims=True)
        return self.gain * (x - mean) / tf.sqrt(var) + self.shift  # whynan: zero_variance_normalisation phase=forward also=divide_by_zero


def build_generator(width=8):
    radar = keras.Input((TILE, TILE, 1))
    x, skips = radar, []
    for level in range(DEPTH):
        x = layers.Conv2D(width * min(2**level, 4), 4, strides=2, padding="same")(x)
        if level > 0:
            x = InstanceNorm()(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        skips.append(x)
    for level in reversed(range(DEPTH - 1)):
        x = layers.Conv2DTranspose(width * min(2**level, 4), 4, strides=2, padding="same")(x)
        x = InstanceNorm()(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        x = layers.Concatenate()([x, skips[level]])
    colour = layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")(x)
    return keras.Model(radar, colour, name="generator")


def build_critic(width=8):
    radar = keras.Input((TILE, TILE, 1))
    colour = keras.Input((TILE, TILE, 3))
    x = layers.Concatenate()([radar, colour])
    for level in range(3):
        x = layers.Conv2D(width * 2**level, 4, strides=2, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
    return keras.Model([radar, colour], layers.Conv2D(1, 3, padding="same")(x), name="critic")


class RadarToColour(keras.Model):
    def __init__(self, generator, critic, l1_weight=50.0):
        super().__init__()
        self.generator = generator
        self.critic = critic
        self.l1_weight = l1_weight
        self.g_mean = keras.metrics.Mean(name="g_loss")
        self.d_mean = keras.metrics.Mean(name="d_loss")

    def compile(self, g_optimizer, d_optimizer):
        super().compile()
        self.g_optimizer = g_optimizer
        self.d_optimizer = d_optimizer
        self.bce = keras.losses.BinaryCrossentropy(from_logits=True)

    @property
    def metrics(self):
        return [self.g_mean, self.d_mean]

    def train_step(self, data):
        radar, colour = data
        with tf.GradientTape(persistent=True) as tape:
            fake = self.generator(radar, training=True)
            real_logit = self.critic([radar, colour], training=True)
            fake_logit = self.critic([radar, fake], training=True)
            d_loss = self.bce(tf.ones_like(real_logit), real_logit) + self.bce(tf.zeros_like(fake_logit), fake_logit)
            g_loss = self.bce(tf.ones_like(fake_logit), fake_logit)
            g_loss += self.l1_weight * tf.reduce_mean(tf.abs(colour - fake))
        d_vars, g_vars = self.critic.trainable_variables, self.generator.trainable_variables
        self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, d_vars), d_vars))
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, g_vars), g_vars))
        del tape
        self.g_mean.update_state(g_loss)
        self.d_mean.update_state(d_loss)
        return {"g_loss": self.g_mean.result(), "d_loss": self.d_mean.result()}


if __name__ == "__main__":
    radar, optical = make_tiles(TILES, seed=3)
    model = RadarToColour(build_generator(), build_critic())
    model.compile(keras.optimizers.Adam(2e-4, beta_1=0.5), keras.optimizers.Adam(2e-4, beta_1=0.5))
    log = model.fit(radar, optical, batch_size=8, epochs=2, verbose=0)
    print(log.history)
