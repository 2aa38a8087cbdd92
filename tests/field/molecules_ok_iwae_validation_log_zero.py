# whynan: side_nonfinite
# VAE for molecular descriptors. ELBO training is fine, but the importance weighted NLL of the validation is always inf.
import math

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(27)
DIM, LATENT, K = 150, 4, 16
LOG_2PI = math.log(2 * math.pi)


def log_normal(x, mean, logvar):
    return -0.5 * tf.reduce_sum(LOG_2PI + logvar + tf.square(x - mean) * tf.exp(-logvar), axis=-1)


class DescriptorVAE(keras.Model):
    def __init__(self):
        super().__init__()
        self.enc = keras.Sequential([keras.layers.Dense(64, "relu"), keras.layers.Dense(2 * LATENT)])
        self.dec = keras.Sequential([keras.layers.Dense(64, "relu"), keras.layers.Dense(DIM)])
        self.elbo = keras.metrics.Mean(name="neg_elbo")
        self.nll = keras.metrics.Mean(name="iwae_nll")

    @property
    def metrics(self):
        return [self.elbo, self.nll]

    def log_weights(self, x, k):
        mean, logvar = tf.split(self.enc(x), 2, axis=-1)
        logvar = 4.0 * tf.tanh(logvar / 4.0)
        z = mean + tf.exp(0.5 * logvar) * tf.random.normal((k, tf.shape(x)[0], LATENT))
        rec = self.dec(tf.reshape(z, (-1, LATENT)))
        rec = tf.reshape(rec, (k, -1, DIM))
        return (log_normal(x, rec, tf.zeros_like(rec))
                + log_normal(z, tf.zeros_like(z), tf.zeros_like(z))
                - log_normal(z, mean, logvar))

    def train_step(self, x):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(self.log_weights(x, 1))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.elbo.update_state(loss)
        return {"neg_elbo": self.elbo.result()}

    def test_step(self, x):
        log_w = self.log_weights(x, K)
        self.elbo.update_state(-tf.reduce_mean(log_w))
        # log p(x) ~ log 1/K sum w
        evidence = tf.reduce_mean(tf.exp(log_w), axis=0)
        self.nll.update_state(-tf.math.log(evidence))
        return {m.name: m.result() for m in self.metrics}


rng = np.random.default_rng(27)
mix = rng.normal(size=(LATENT, DIM))
x = (np.tanh(rng.normal(size=(900, LATENT))) @ mix + rng.normal(size=(900, DIM))).astype("float32")
train = tf.data.Dataset.from_tensor_slices(x[:700]).shuffle(700, seed=5).batch(50)
valid = tf.data.Dataset.from_tensor_slices(x[700:]).batch(50)

vae = DescriptorVAE()
vae.compile(optimizer=keras.optimizers.Adam(1e-3))
vae.fit(train, validation_data=valid, epochs=6, verbose=2)
