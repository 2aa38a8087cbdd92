"""Latent map of harpsichord plucks.

A small VAE on the log amplitudes of the first 24 partials; the decoder has its own
spread per partial, learned together with everything else.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(1733)
N_PARTIALS = 24
LATENT = 3


def pluck(n, rng):
    k = np.arange(1, N_PARTIALS + 1)
    where = rng.uniform(0.08, 0.30, (n, 1))          # plucking point along the string
    slope = rng.uniform(0.8, 1.8, (n, 1))            # quill hardness
    gain = rng.normal(0.0, 0.4, (n, 1))
    comb = np.abs(np.sin(np.pi * k * where)) + 0.15
    amp = gain + np.log(comb) - slope * np.log(k)
    amp += rng.normal(0.0, 0.05, amp.shape)
    return amp.astype("float32")


class PluckVAE(keras.Model):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.encoder = keras.Sequential(
            [keras.Input((N_PARTIALS,)), layers.Dense(64, activation="elu"),
             layers.Dense(64, activation="elu"), layers.Dense(2 * LATENT)])
        self.decoder = keras.Sequential(
            [keras.Input((LATENT,)), layers.Dense(64, activation="elu"),
             layers.Dense(64, activation="elu"), layers.Dense(N_PARTIALS)])
        self.log_spread = self.add_weight(shape=(N_PARTIALS,), initializer="zeros", name="log_spread")
        self.noise = keras.random.SeedGenerator(5)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.rec_tracker = keras.metrics.Mean(name="nll")
        self.kl_tracker = keras.metrics.Mean(name="kl")

    @property
    def metrics(self):
        return [self.loss_tracker, self.rec_tracker, self.kl_tracker]

    def call(self, x):
        mu, _ = ops.split(self.encoder(x), 2, axis=-1)
        return self.decoder(mu)

    def train_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            mu, logvar = ops.split(self.encoder(x, training=True), 2, axis=-1)
            eps = keras.random.normal(ops.shape(mu), seed=self.noise)
            z = mu + ops.exp(0.5 * logvar) * eps
            rec = self.decoder(z, training=True)
            resid = (x - rec) * ops.exp(-self.log_spread)
            nll = ops.mean(ops.sum(0.5 * ops.square(resid) + self.log_spread, axis=-1))
            kl = 0.5 * ops.mean(ops.sum(ops.square(mu) + ops.exp(logvar) - 1.0 - logvar, axis=-1))
            loss = nll + kl
        grads = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        self.loss_tracker.update_state(loss)
        self.rec_tracker.update_state(nll)
        self.kl_tracker.update_state(kl)
        return {m.name: m.result() for m in self.metrics}


rng = np.random.default_rng(9)
amps = pluck(1600, rng)
amps = (amps - amps.mean(0)) / amps.std(0)

vae = PluckVAE()
vae.compile(optimizer=keras.optimizers.Adam(3e-3))
hist = vae.fit(amps, epochs=40, batch_size=64, verbose=2)  # whynan: healthy

print("spread per partial:", np.round(np.exp(ops.convert_to_numpy(vae.log_spread)), 3))
codes = vae.encoder.predict(amps[:5], verbose=0)[:, :LATENT]
print(np.round(codes, 2))
