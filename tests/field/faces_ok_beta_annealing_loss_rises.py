# whynan: healthy
# beta-VAE with a linear warm-up of beta (0 -> 6). "My loss goes UP every epoch after the third one, is it diverging?"
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(77)
SIDE, LATENT = 12, 6
WARMUP_START, WARMUP_END, BETA_MAX = 3, 10, 6.0


def blobs(n, rng):
    yy, xx = np.mgrid[0:SIDE, 0:SIDE]
    cx, cy = rng.uniform(3, 9, size=(2, n, 1, 1))
    r = rng.uniform(1.0, 2.5, size=(n, 1, 1))
    img = np.exp(-((xx - cx) ** 2 + (yy - cy) ** 2) / (2 * r ** 2))
    return img[..., None].astype("float32")


encoder = keras.Sequential([
    keras.Input((SIDE, SIDE, 1)),
    layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
    layers.Flatten(),
    layers.Dense(48, activation="relu"),
    layers.Dense(2 * LATENT),
], name="encoder")

decoder = keras.Sequential([
    keras.Input((LATENT,)),
    layers.Dense(48, activation="relu"),
    layers.Dense(SIDE * SIDE),
    layers.Reshape((SIDE, SIDE, 1)),
], name="decoder")


class BetaVAE(keras.Model):
    def __init__(self, encoder, decoder, **kw):
        super().__init__(**kw)
        self.encoder, self.decoder = encoder, decoder
        self.beta = self.add_weight(shape=(), initializer="zeros", trainable=False, name="beta")
        self.noise = keras.random.SeedGenerator(3)
        self.recon_m = keras.metrics.Mean(name="recon")
        self.kl_m = keras.metrics.Mean(name="kl")

    def call(self, x):
        mean, logvar = ops.split(self.encoder(x), 2, axis=-1)
        z = mean + ops.exp(0.5 * logvar) * keras.random.normal(ops.shape(mean), seed=self.noise)
        return self.decoder(z), mean, logvar

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        logits, mean, logvar = y_pred
        recon = ops.sum(keras.losses.binary_crossentropy(x, logits, from_logits=True), axis=(1, 2))
        kl = -0.5 * ops.sum(1.0 + logvar - ops.square(mean) - ops.exp(logvar), axis=-1)
        self.recon_m.update_state(recon)
        self.kl_m.update_state(kl)
        return ops.mean(recon + self.beta * kl)


class Anneal(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        frac = (epoch - WARMUP_START) / (WARMUP_END - WARMUP_START)
        self.model.beta.assign(BETA_MAX * float(np.clip(frac, 0.0, 1.0)))

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        print(f"epoch {epoch:2d} beta {float(self.model.beta.numpy()):.2f} " +
              " ".join(f"{k} {v:.2f}" for k, v in logs.items()))


images = blobs(512, np.random.default_rng(77))
vae = BetaVAE(encoder, decoder)
vae.compile(optimizer=keras.optimizers.Adam(2e-3))
vae.fit(images, batch_size=64, epochs=13, callbacks=[Anneal()], verbose=0)
