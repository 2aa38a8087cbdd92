import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(1)


class VAE(keras.Model):
    def __init__(self, n_features, latent=2, **kw):
        super().__init__(**kw)
        self.enc = keras.Sequential([keras.Input((n_features,)), layers.Dense(32, activation="relu")])
        self.mean = layers.Dense(latent)
        self.log_var = layers.Dense(latent)
        self.dec = keras.Sequential([keras.Input((latent,)), layers.Dense(32, activation="relu"), layers.Dense(n_features)])
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, x):
        h = self.enc(x)
        return self.dec(self.mean(h))

    def train_step(self, x):
        with tf.GradientTape() as tape:
            h = self.enc(x)
            mu, log_var = self.mean(h), self.log_var(h)
            noise = tf.random.normal(tf.shape(mu))
            z = mu + noise * tf.exp(0.5 * log_var)  # whynan: exp_overflow phase=forward|loss also=unscaled_input
            recon = tf.reduce_sum(tf.abs(x - self.dec(z)), axis=1)
            kl = -0.5 * tf.reduce_sum(1 + log_var - tf.square(mu) - tf.exp(log_var), axis=1)
            loss = tf.reduce_mean(recon + kl)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(grads, self.trainable_variables)
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


# 8x8 X-ray patches, 12 bit
base = np.random.randint(0, 4096, size=(10, 64))
x = np.clip(base[np.random.randint(0, 10, 256)] + np.random.randint(-20, 20, (256, 64)), 0, 4095).astype("float32")

vae = VAE(64)
vae.compile(optimizer=keras.optimizers.Adam(1e-3))
vae.fit(x, epochs=3, batch_size=32, verbose=2)
