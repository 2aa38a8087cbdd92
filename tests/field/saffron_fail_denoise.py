"""Denoising autoencoder for saffron NIR profiles, fitted by maximum likelihood.

Samples that the model reconstructs badly are sent to the lab as possibly adulterated.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(31)
BANDS = 18


def log_likelihood(x, x_hat):
    """Gaussian with unit variance, up to the constant, averaged over the batch."""
    return tf.reduce_mean(-0.5 * tf.reduce_sum(tf.square(x - x_hat), axis=-1))  # whynan: wrong_sign_loss phase=loss|forward


class Denoiser(keras.Model):
    def __init__(self, code=8, noise=0.2):
        super().__init__()
        self.noise = layers.GaussianNoise(noise)
        self.encoder = keras.Sequential(
            [layers.Dense(24, activation="tanh"), layers.Dense(code, activation="tanh")]
        )
        self.decoder = layers.Dense(BANDS)
        self.ll_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.ll_tracker]

    def call(self, x, training=False):
        return self.decoder(self.encoder(self.noise(x, training=training)))

    def train_step(self, data):
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            x_hat = self(x, training=True)
            loss = log_likelihood(x, x_hat)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.ll_tracker.update_state(loss)
        return {"loss": self.ll_tracker.result()}


def profiles(n, rng, fake=False):
    grid = np.linspace(0, 1, BANDS)
    crocin = rng.normal(1.0, 0.15, (n, 1))
    safranal = rng.normal(0.6, 0.1, (n, 1))
    spec = crocin * np.exp(-((grid - 0.35) ** 2) / 0.02)
    spec = spec + safranal * np.exp(-((grid - 0.7) ** 2) / 0.01)
    spec = spec + 0.4 * grid * rng.normal(1.0, 0.1, (n, 1))
    if fake:
        spec = spec + 0.5 * np.exp(-((grid - 0.5) ** 2) / 0.005)
    return spec + rng.normal(0, 0.03, (n, BANDS))


rng = np.random.default_rng(31)
pure = profiles(1920, rng)
mu, sd = pure.mean(0), pure.std(0)
pure = ((pure - mu) / sd).astype("float32")

model = Denoiser()
model.compile(optimizer=keras.optimizers.SGD(0.05, momentum=0.9))
model.fit(pure, batch_size=64, epochs=20, verbose=2)

fakes = ((profiles(100, rng, fake=True) - mu) / sd).astype("float32")
err_pure = np.mean((model.predict(pure, verbose=0) - pure) ** 2, axis=1)
err_fake = np.mean((model.predict(fakes, verbose=0) - fakes) ** 2, axis=1)
print("threshold (99%)", np.quantile(err_pure, 0.99))
print("caught", np.mean(err_fake > np.quantile(err_pure, 0.99)))
