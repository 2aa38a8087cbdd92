"""VAE for scanned paper silhouettes. The scans are grey at the edges of the paper, so the pixels
are in [0, 1], not {0, 1}: continuous Bernoulli (Loaiza-Ganem & Cunningham 2019) as the decoder."""
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(1760)
SIDE, LATENT = 16, 6


def scans(n, seed=2):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[0:SIDE, 0:SIDE] / (SIDE - 1.0)
    pages = []
    for _ in range(n):
        cx, cy = rng.uniform(0.4, 0.6, 2)
        head = np.hypot(xx - cx, yy - cy + 0.15) - rng.uniform(0.14, 0.22)
        nose = np.hypot(xx - cx - rng.uniform(0.12, 0.2), yy - cy + 0.12) - rng.uniform(0.03, 0.08)
        bust = np.hypot((xx - cx) / 1.4, yy - 1.05) - rng.uniform(0.22, 0.34)
        edge = np.minimum(np.minimum(head, nose), bust)
        pages.append(1.0 / (1.0 + np.exp(np.clip(edge * 40.0, -30, 30))))
    return np.array(pages, "float32").reshape(n, -1)


def log_constant(lam):
    """log C(lam); near one half the closed form is replaced by its Taylor series."""
    gap = 1.0 - 2.0 * lam
    closed = tf.math.log(2.0 * tf.math.atanh(gap) / gap)  # whynan: where_gradient_trap phase=gradient also=divide_by_zero
    shift = lam - 0.5
    series = math.log(2.0) + 4.0 / 3.0 * shift ** 2 + 104.0 / 45.0 * shift ** 4
    return tf.where(tf.abs(gap) < 0.02, series, closed)


def log_likelihood(x, lam):
    lam = tf.clip_by_value(lam, 1e-4, 1.0 - 1e-4)
    pixel = x * tf.math.log(lam) + (1.0 - x) * tf.math.log(1.0 - lam) + log_constant(lam)
    return tf.reduce_sum(pixel, axis=1)


class SilhouetteVAE(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = keras.Sequential([
            keras.Input((SIDE * SIDE,)),
            layers.Dense(96, activation="relu"),
            layers.Dense(2 * LATENT),
        ])
        self.decoder = keras.Sequential([
            keras.Input((LATENT,)),
            layers.Dense(96, activation="relu"),
            # start from a plain grey page
            layers.Dense(SIDE * SIDE, activation="sigmoid", kernel_initializer="zeros"),
        ])
        self.means = {k: keras.metrics.Mean(name=k) for k in ("elbo", "kl")}

    @property
    def metrics(self):
        return list(self.means.values())

    def call(self, x):
        return self.decoder(self.encoder(x)[:, :LATENT])

    def train_step(self, x):
        with tf.GradientTape() as tape:
            mu, log_var = tf.split(self.encoder(x), 2, axis=1)
            z = mu + tf.exp(0.5 * log_var) * tf.random.normal(tf.shape(mu))
            kl = 0.5 * tf.reduce_sum(tf.exp(log_var) + mu ** 2 - 1.0 - log_var, axis=1)
            elbo = tf.reduce_mean(log_likelihood(x, self.decoder(z)) - kl)
            loss = -elbo
        weights = self.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.means["elbo"].update_state(elbo)
        self.means["kl"].update_state(kl)
        return {k: m.result() for k, m in self.means.items()}


pages = scans(1500)
print("pages", pages.shape, "mean grey", pages.mean())
vae = SilhouetteVAE()
vae.compile(optimizer=keras.optimizers.Adam(1e-3))
vae.fit(pages, batch_size=100, epochs=5, verbose=2)
