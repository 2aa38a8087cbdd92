"""VAE on gene expression counts."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)
GENES, LATENT = 40, 3
expression = rng.negative_binomial(2, 0.004, size=(300, GENES)).astype("float32")


class VAE(keras.Model):
    def __init__(self):
        super().__init__()
        self.enc = layers.Dense(24, activation="relu")
        self.mean = layers.Dense(LATENT)
        self.logvar = layers.Dense(LATENT)
        self.dec = keras.Sequential([layers.Dense(24, activation="relu"), layers.Dense(GENES)])

    def train_step(self, data):
        x = data
        with tf.GradientTape() as tape:
            h = self.enc(x)
            mu, lv = self.mean(h), self.logvar(h)
            z = mu + tf.random.normal(tf.shape(mu)) * tf.exp(0.5 * lv)  # whynan: exp_overflow phase=forward also=unscaled_input
            rec = tf.reduce_mean(tf.square(x - self.dec(z)))
            kl = -0.5 * tf.reduce_mean(1 + lv - tf.square(mu) - tf.exp(lv))
            loss = rec + kl
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(grads, self.trainable_variables)
        return {"loss": loss, "kl": kl}


vae = VAE()
vae.compile(optimizer=keras.optimizers.Adam(1e-3))
vae.fit(expression, epochs=2, batch_size=30, verbose=2)
