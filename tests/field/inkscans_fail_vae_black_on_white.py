"""Variational autoencoder for scanned digits, dark ink on white paper, binarised.

On the original (white on black) digits this ran to the end. Since we feed the scans the right way round it trains nicely
for a while, reconstructions get better and better, and then the reconstruction term is nan while the KL term of that
same step is still an ordinary number.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(19)

LATENT = 8
HIDDEN = 64
BATCH = 64
EPOCHS = 25
EPS = 1e-4  # keeps the logarithms away from zero


def load_scans():
    ink = load_digits().images / 16.0
    paper = 1.0 - ink
    return (paper > 0.5).astype("float32").reshape(len(paper), -1)


def build_encoder(pixels):
    return keras.Sequential(
        [
            keras.Input((pixels,)),
            layers.Dense(HIDDEN, activation="relu"),
            layers.Dense(2 * LATENT),
        ],
        name="encoder",
    )


def build_decoder(pixels, pixel_share):
    decoder = keras.Sequential(
        [
            keras.Input((LATENT,)),
            layers.Dense(HIDDEN, activation="relu"),
            layers.Dense(pixels, name="pixel_logits"),
        ],
        name="decoder",
    )
    # start from the mean image, it saves the first epochs
    share = np.clip(pixel_share, 0.005, 0.995)
    decoder.get_layer("pixel_logits").bias.assign(np.log(share / (1.0 - share)).astype("float32"))
    return decoder


def bernoulli_nll(x, theta):
    on = x * tf.math.log(theta + EPS)
    off = (1.0 - x) * tf.math.log(1.0 - theta - EPS)  # whynan: log_of_negative phase=loss also=clip_misuse
    return -tf.reduce_sum(on + off, axis=-1)


class Trainer:
    def __init__(self, encoder, decoder, rate=4e-3):
        self.encoder = encoder
        self.decoder = decoder
        self.optimizer = keras.optimizers.Adam(rate)
        self.noise = tf.random.Generator.from_seed(77)
        self.variables = encoder.trainable_variables + decoder.trainable_variables
        self.optimizer.build(self.variables)

    @tf.function
    def step(self, x):
        with tf.GradientTape() as tape:
            mean, log_var = tf.split(self.encoder(x, training=True), 2, axis=-1)
            log_var = tf.clip_by_value(log_var, -8.0, 8.0)
            z = mean + tf.exp(0.5 * log_var) * self.noise.normal(tf.shape(mean))
            theta = tf.sigmoid(self.decoder(z, training=True))
            reconstruction = tf.reduce_mean(bernoulli_nll(x, theta))
            divergence = -0.5 * tf.reduce_sum(1.0 + log_var - tf.square(mean) - tf.exp(log_var), axis=-1)
            divergence = tf.reduce_mean(divergence)
            loss = reconstruction + divergence
        grads = tape.gradient(loss, self.variables)
        self.optimizer.apply_gradients(zip(grads, self.variables))
        return reconstruction, divergence


def main():
    scans = load_scans()
    data = tf.data.Dataset.from_tensor_slices(scans).shuffle(len(scans), seed=6).batch(BATCH, drop_remainder=True)
    trainer = Trainer(build_encoder(scans.shape[1]), build_decoder(scans.shape[1], scans.mean(axis=0)))
    for epoch in range(EPOCHS):
        parts = [[float(value) for value in trainer.step(batch)] for batch in data]
        reconstruction, divergence = np.mean(parts, axis=0)
        print(f"epoch {epoch + 1:2d}  reconstruction {reconstruction:8.3f}  kl {divergence:7.3f}")


if __name__ == "__main__":
    main()
