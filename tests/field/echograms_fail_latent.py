# Latent space of echo sounder pings (12 bit, 120 depth bins). Encoder and decoder
# get their own optimizer, the encoder should move more slowly.
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(21)

BINS = 120
LATENT = 16


def pings(n=1536, seed=12):
    g = np.random.default_rng(seed)
    z = np.arange(BINS)
    surface = 3800.0 * np.exp(-z / 6.0)
    bottom = g.uniform(70, 112, n)
    school = g.uniform(20, 65, n)
    width = g.uniform(2, 7, n)
    strength = g.gamma(2.0, 500.0, n) * (g.random(n) < 0.6)
    sig = surface[None, :] + 3000.0 * np.exp(-0.5 * ((z - bottom[:, None]) / 2.5) ** 2)
    sig = sig + strength[:, None] * np.exp(-0.5 * ((z - school[:, None]) / width[:, None]) ** 2)
    sig = sig + g.gamma(2.0, 60.0, (n, BINS))
    return np.clip(np.round(sig), 0, 4095).astype("float32")


def make_encoder():
    inp = keras.Input((BINS,))
    h = layers.Dense(64, activation="relu")(inp)
    return keras.Model(inp, [layers.Dense(LATENT, name="mu")(h),
                             layers.Dense(LATENT, name="logvar")(h)])


def make_decoder():
    inp = keras.Input((LATENT,))
    h = layers.Dense(64, activation="relu")(inp)
    return keras.Model(inp, layers.Dense(BINS)(h))


class PingVAE(keras.Model):
    def __init__(self, beta=0.5, **kwargs):
        super().__init__(**kwargs)
        self.encoder = make_encoder()
        self.decoder = make_decoder()
        self.beta = beta
        self.seed_gen = keras.random.SeedGenerator(8)
        self.tracker = keras.metrics.Mean(name="loss")
        self.kl_tracker = keras.metrics.Mean(name="kl")

    def compile(self, enc_opt, dec_opt, **kwargs):
        super().compile(**kwargs)
        self.enc_opt = enc_opt
        self.dec_opt = dec_opt
        enc_opt.build(self.encoder.trainable_variables)
        dec_opt.build(self.decoder.trainable_variables)

    @property
    def metrics(self):
        return [self.tracker, self.kl_tracker]

    def sample(self, mu, logvar):
        noise = keras.random.normal(ops.shape(mu), seed=self.seed_gen)
        return mu + ops.exp(0.5 * logvar) * noise  # whynan: unscaled_input phase=forward also=exp_overflow

    def call(self, x, training=False):
        mu, logvar = self.encoder(x, training=training)
        return self.decoder(self.sample(mu, logvar), training=training)

    def train_step(self, data):
        x = data[0] if isinstance(data, tuple) else data
        with tf.GradientTape(persistent=True) as tape:
            mu, logvar = self.encoder(x, training=True)
            z = self.sample(mu, logvar)
            recon = self.decoder(z, training=True)
            rec_loss = ops.mean(ops.square(x - recon))
            kl = -0.5 * ops.mean(ops.sum(1.0 + logvar - ops.square(mu) - ops.exp(logvar), axis=1))
            loss = rec_loss + self.beta * kl
        enc_w = self.encoder.trainable_variables
        dec_w = self.decoder.trainable_variables
        enc_g = tape.gradient(loss, enc_w)
        dec_g = tape.gradient(loss, dec_w)
        self.enc_opt.apply_gradients(zip(enc_g, enc_w))
        self.dec_opt.apply_gradients(zip(dec_g, dec_w))
        self.tracker.update_state(loss)
        self.kl_tracker.update_state(kl)
        return {m.name: m.result() for m in self.metrics}


x = pings()
vae = PingVAE()
vae.compile(keras.optimizers.Adam(2e-4), keras.optimizers.Adam(1e-3),
            jit_compile=True, steps_per_execution=4)
vae.fit(x, batch_size=128, epochs=5, verbose=2)

mu, _ = vae.encoder.predict(x[:256], verbose=0)
print("spread of the latent means:", mu.std(axis=0).round(2))
