"""VAE on LA-ICP-MS trace elements of detrital zircons; the latent space is to separate
the source rocks (granite, kimberlite, syenite). Follows the Keras VAE example, with Dense layers."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(1912)
rng = np.random.default_rng(1912)

# typical concentrations in ppm
TYPICAL = {
    "Hf": (11000, 9500, 10200), "Y": (1800, 150, 3100), "P": (420, 60, 700), "U": (350, 30, 900), "Th": (170, 12, 1100),
    "Yb": (480, 40, 610), "Er": (260, 22, 390), "Dy": (140, 13, 260), "Gd": (32, 5, 90), "Lu": (90, 9, 120),
    "Ti": (9, 14, 18), "Nb": (4, 6, 40), "Ce": (22, 2.5, 110), "Sc": (310, 120, 260),
}
ROCKS = ["granite", "kimberlite", "syenite"]
LATENT = 10


def grains(n=960):
    rock = rng.integers(0, 3, n)
    cols = {el: np.array(v)[rock] * rng.lognormal(0, 0.12 if el == "Hf" else 0.45, n) for el, v in TYPICAL.items()}
    table = pd.DataFrame(cols)
    table["rock"] = np.array(ROCKS)[rock]
    return table


class Sampling(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        mean, log_var = inputs
        epsilon = keras.random.normal(shape=ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_var) * epsilon  # whynan: unscaled_input phase=forward also=exp_overflow


def build_encoder(n_features):
    inp = keras.Input((n_features,))
    h = layers.Dense(32, activation="relu")(inp)
    h = layers.Dense(16, activation="relu")(h)
    mean = layers.Dense(LATENT, name="z_mean")(h)
    log_var = layers.Dense(LATENT, name="z_log_var")(h)
    return keras.Model(inp, [mean, log_var, Sampling()([mean, log_var])], name="encoder")


def build_decoder(n_features):
    inp = keras.Input((LATENT,))
    h = layers.Dense(16, activation="relu")(inp)
    h = layers.Dense(32, activation="relu")(h)
    return keras.Model(inp, layers.Dense(n_features)(h), name="decoder")


class VAE(keras.Model):
    def __init__(self, encoder, decoder, beta=1.0, **kwargs):
        super().__init__(**kwargs)
        self.encoder, self.decoder, self.beta = encoder, decoder, beta
        self.total = keras.metrics.Mean(name="loss")
        self.recon = keras.metrics.Mean(name="recon")
        self.kl = keras.metrics.Mean(name="kl")

    @property
    def metrics(self):
        return [self.total, self.recon, self.kl]

    def train_step(self, x):
        with tf.GradientTape() as tape:
            mean, log_var, z = self.encoder(x, training=True)
            out = self.decoder(z, training=True)
            recon = ops.mean(ops.sum(ops.square(x - out), axis=1))
            kl = -0.5 * ops.mean(ops.sum(1 + log_var - ops.square(mean) - ops.exp(log_var), axis=1))
            loss = recon + self.beta * kl
        grads = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        self.total.update_state(loss)
        self.recon.update_state(recon)
        self.kl.update_state(kl)
        return {m.name: m.result() for m in self.metrics}


table = grains()
print(table.groupby("rock").median().round(0).T)
x = table[list(TYPICAL)].to_numpy("float32")

vae = VAE(build_encoder(x.shape[1]), build_decoder(x.shape[1]))
vae.compile(optimizer=keras.optimizers.Adam(1e-3))
vae.fit(x, epochs=6, batch_size=64, verbose=2)

z_mean = vae.encoder.predict(x, verbose=0)[0]
for rock in ROCKS:
    print(rock, z_mean[table["rock"] == rock].mean(axis=0)[:3])
