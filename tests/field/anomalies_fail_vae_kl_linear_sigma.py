"""Anomaly detection on pump telemetry with a variational autoencoder.

The reconstruction part of the loss looks healthy, the KL part is nan from the first batch and
drags everything with it. I already start the sigma layer at one with its bias.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SENSORS = 20
LATENT = 4


class TelemetryVAE(keras.Model):
    def __init__(self, beta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.beta = beta

        inp = keras.Input((SENSORS,))
        h = layers.Dense(32, activation="relu")(inp)
        mu = layers.Dense(LATENT, name="z_mean")(h)
        sigma = layers.Dense(LATENT, bias_initializer="ones", name="z_sigma")(h)
        self.encoder = keras.Model(inp, [mu, sigma], name="encoder")

        z_in = keras.Input((LATENT,))
        d = layers.Dense(32, activation="relu")(z_in)
        self.decoder = keras.Model(z_in, layers.Dense(SENSORS)(d), name="decoder")

        self.total_tracker = keras.metrics.Mean(name="loss")
        self.recon_tracker = keras.metrics.Mean(name="recon")
        self.kl_tracker = keras.metrics.Mean(name="kl")

    @property
    def metrics(self):
        return [self.total_tracker, self.recon_tracker, self.kl_tracker]

    def call(self, x):
        mu, _ = self.encoder(x)
        return self.decoder(mu)

    def kl_divergence(self, mu, sigma):
        terms = 1.0 + 2.0 * tf.math.log(sigma) - tf.square(mu) - tf.square(sigma)  # whynan: log_of_negative phase=forward|loss also=unconstrained_scale
        return -0.5 * tf.reduce_mean(tf.reduce_sum(terms, axis=-1))

    def train_step(self, data):
        x = data[0] if isinstance(data, (tuple, list)) else data
        with tf.GradientTape() as tape:
            mu, sigma = self.encoder(x, training=True)
            z = mu + sigma * tf.random.normal(tf.shape(mu))
            x_hat = self.decoder(z, training=True)
            recon = tf.reduce_mean(tf.reduce_sum(tf.square(x - x_hat), axis=-1))
            kl = self.kl_divergence(mu, sigma)
            total = recon + self.beta * kl
        grads = tape.gradient(total, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        self.total_tracker.update_state(total)
        self.recon_tracker.update_state(recon)
        self.kl_tracker.update_state(kl)
        return {m.name: m.result() for m in self.metrics}


def telemetry(n=2000, seed=3):
    rng = np.random.default_rng(seed)
    load = rng.normal(size=(n, 4))
    mixing = rng.normal(size=(4, SENSORS))
    raw = load @ mixing + 0.2 * rng.normal(size=(n, SENSORS))
    raw = (raw - raw.mean(axis=0)) / raw.std(axis=0)
    return raw.astype("float32")


if __name__ == "__main__":
    keras.utils.set_random_seed(99)
    signals = telemetry()
    vae = TelemetryVAE(beta=0.5)
    vae.compile(optimizer=keras.optimizers.Adam(1e-3))
    vae.fit(signals, epochs=3, batch_size=128, verbose=2)
    residual = signals - vae.predict(signals, verbose=0)
    print("99th percentile of the residual:", np.percentile(np.square(residual).sum(axis=1), 99))
