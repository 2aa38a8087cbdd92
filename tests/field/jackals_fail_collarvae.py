"""VAE on daily activity profiles of GPS-collared jackals (24 hourly values per day)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(68)
rng = np.random.default_rng(68)

hours = np.arange(24)


def profiles(n):
    peak1 = rng.normal(5.5, 0.9, (n, 1))
    peak2 = rng.normal(19.5, 1.1, (n, 1))
    width = rng.uniform(1.2, 3.0, (n, 1))
    act = np.exp(-((hours - peak1) / width) ** 2) + rng.uniform(0.5, 1.2, (n, 1)) * np.exp(-((hours - peak2) / width) ** 2)
    act += 0.15 * rng.random((n, 24))
    return ((act - 0.4) / 0.4).astype("float32")


train, test = profiles(2000), profiles(400)


class KLWarmup(keras.callbacks.Callback):
    """Logistic warm-up of the KL weight (Bowman et al.), half way up at epoch `midpoint`."""

    def __init__(self, midpoint=8, steepness=1.5):
        super().__init__()
        self.midpoint = midpoint
        self.steepness = steepness
        self.t = 0

    def on_train_batch_begin(self, batch, logs=None):
        z = self.steepness * (self.t - self.midpoint)
        self.model.beta.assign(np.exp(z) / (1.0 + np.exp(z)))  # whynan: exp_overflow phase=loss|forward|data
        self.t += 1


class VAE(keras.Model):
    def __init__(self, latent=3):
        super().__init__()
        self.enc = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(2 * latent)])
        self.dec = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(24)])
        self.beta = self.add_weight(shape=(), initializer="zeros", trainable=False, name="beta")
        self.tot = keras.metrics.Mean(name="loss")
        self.rec = keras.metrics.Mean(name="rec")
        self.kl = keras.metrics.Mean(name="kl")

    def call(self, x):
        mean, _ = tf.split(self.enc(x), 2, axis=-1)
        return self.dec(mean)

    def train_step(self, data):
        x = data[0] if isinstance(data, tuple) else data
        with tf.GradientTape() as tape:
            mean, logvar = tf.split(self.enc(x), 2, axis=-1)
            logvar = tf.clip_by_value(logvar, -8.0, 8.0)
            z = mean + tf.exp(0.5 * logvar) * tf.random.normal(tf.shape(mean))
            rec = tf.reduce_mean(tf.reduce_sum(tf.square(x - self.dec(z)), axis=1))
            kl = -0.5 * tf.reduce_mean(tf.reduce_sum(1 + logvar - tf.square(mean) - tf.exp(logvar), axis=1))
            loss = rec + self.beta * kl
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        for tracker, value in ((self.tot, loss), (self.rec, rec), (self.kl, kl)):
            tracker.update_state(value)
        return {m.name: m.result() for m in (self.tot, self.rec, self.kl)}


vae = VAE()
vae.compile(optimizer=keras.optimizers.Adam(2e-3))
vae.fit(train, batch_size=64, epochs=20, callbacks=[KLWarmup(midpoint=8)], verbose=2)

rebuilt = vae.predict(test, verbose=0)
print("reconstruction error on new days:", float(np.mean((rebuilt - test) ** 2)))
