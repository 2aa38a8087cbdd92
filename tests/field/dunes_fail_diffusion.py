"""Generative model of dune cross sections (32 heights), small DDPM on an MLP.

The network predicts the clean profile; the loss is taken on the noise that this prediction implies,
which weights the steps like the original paper does.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(606)
keras.config.set_dtype_policy("mixed_bfloat16")

LENGTH, STEPS, FREQS = 32, 1000, 6


def dune_profiles(n):
    rng = np.random.default_rng(1)
    s = np.linspace(0, 1, LENGTH)[None]
    crest = rng.uniform(0.35, 0.75, (n, 1))
    height = rng.uniform(0.6, 1.4, (n, 1))
    stoss = np.clip(s / crest, 0, 1) ** 1.4
    slip = np.clip((1 - s) / (1 - crest), 0, 1) ** 0.8
    z = height * np.minimum(stoss, slip) + 0.03 * np.sin(40 * s + rng.uniform(0, 6, (n, 1)))
    return ((z - z.mean()) / z.std()).astype("float32")


class NoiseSchedule:
    def __init__(self, steps, low=1e-4, high=2e-2, dtype="float32"):
        betas = np.linspace(low, high, steps)
        self.kept = tf.cast(np.cumprod(1.0 - betas), dtype)

    def coefficients(self, t):
        kept = tf.gather(self.kept, t)[:, None]
        return tf.sqrt(kept), tf.sqrt(1 - kept)

    def diffuse(self, clean, noise, t):
        signal, sigma = self.coefficients(t)
        return signal * clean + sigma * noise

    def implied_noise(self, noisy, clean, t):
        signal, sigma = self.coefficients(t)
        return (noisy - signal * clean) / sigma  # whynan: divide_by_zero phase=forward|loss also=float16_epsilon_underflow,catastrophic_cancellation


class DuneDiffusion(keras.Model):
    def __init__(self):
        super().__init__()
        self.schedule = NoiseSchedule(STEPS, dtype=self.compute_dtype)
        self.denoiser = keras.Sequential(
            [
                keras.Input((LENGTH + 2 * FREQS,)),
                layers.Dense(96, activation="silu"),
                layers.Dense(96, activation="silu"),
                layers.Dense(LENGTH),
            ]
        )
        self.meter = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.meter]

    def time_features(self, t):
        phase = tf.cast(t, tf.float32)[:, None] / STEPS * 2.0 ** tf.range(FREQS, dtype=tf.float32)
        return tf.cast(tf.concat([tf.sin(phase), tf.cos(phase)], -1), self.compute_dtype)

    def predict_clean(self, noisy, t, training):
        return self.denoiser(tf.concat([noisy, self.time_features(t)], -1), training=training)

    def train_step(self, profiles):
        clean = tf.cast(profiles, self.compute_dtype)
        t = tf.random.uniform((tf.shape(clean)[0],), 0, STEPS, dtype=tf.int32)
        noise = tf.random.normal(tf.shape(clean), dtype=self.compute_dtype)
        noisy = self.schedule.diffuse(clean, noise, t)
        with tf.GradientTape() as tape:
            guess = self.predict_clean(noisy, t, training=True)
            error = self.schedule.implied_noise(noisy, guess, t) - noise
            loss = tf.reduce_mean(tf.square(tf.cast(error, tf.float32)))
        weights = self.denoiser.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.meter.update_state(loss)
        return {"loss": self.meter.result()}


model = DuneDiffusion()
model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0))
model.fit(dune_profiles(2000), batch_size=64, epochs=5, verbose=2)
