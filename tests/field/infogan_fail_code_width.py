"""InfoGAN on 8x8 digits with two continuous codes.

The information term is a Gaussian likelihood of the codes.  The width head starts near one (bias_initializer="ones"), and I
add a small number before the logarithm.  Discriminator and generator losses look normal, the information loss sinks as it
should, then all three are NaN.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

keras.utils.set_random_seed(52)
NOISE, CODES, EPS = 24, 2, 1e-6


def make_generator():
    return keras.Sequential([
        keras.Input((NOISE + CODES,)),
        keras.layers.Dense(128, activation="gelu"),
        keras.layers.Dense(256, activation="gelu"),
        keras.layers.Dense(64, activation="sigmoid"),
    ], name="generator")


def make_trunk():
    return keras.Sequential([
        keras.Input((64,)),
        keras.layers.Dense(256, kernel_initializer="he_normal"),
        keras.layers.LeakyReLU(negative_slope=0.2),
        keras.layers.Dense(128, kernel_initializer="he_normal"),
        keras.layers.LeakyReLU(negative_slope=0.2),
    ], name="trunk")


def make_code_head():
    features = keras.Input((128,))
    mean = keras.layers.Dense(CODES, name="code_mean")(features)
    width = keras.layers.Dense(CODES, bias_initializer="ones", name="code_width")(features)
    return keras.Model(features, [mean, width], name="code_head")


def code_likelihood(code, mean, width):
    """Negative log likelihood of the codes, without the constant."""
    return tf.reduce_mean(tf.math.log(width + EPS) + 0.5 * tf.square((code - mean) / (width + EPS)))  # whynan: unconstrained_scale phase=forward|loss also=log_of_negative


class InfoGAN(keras.Model):
    def __init__(self, info_weight=1.0, **kwargs):
        super().__init__(**kwargs)
        self.generator = make_generator()
        self.trunk = make_trunk()
        self.real_or_fake = keras.layers.Dense(1, name="real_or_fake")
        self.real_or_fake.build((None, 128))
        self.code_head = make_code_head()
        self.info_weight = info_weight
        self.bce = keras.losses.BinaryCrossentropy(from_logits=True)

    def compile(self, d_optimizer, g_optimizer):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer

    def train_step(self, data):
        real = data[0] if isinstance(data, tuple) else data
        n = tf.shape(real)[0]
        code = tf.random.uniform((n, CODES), -1.0, 1.0)
        latent = tf.concat([tf.random.normal((n, NOISE)), code], axis=1)

        d_weights = self.trunk.trainable_variables + self.real_or_fake.trainable_variables
        with tf.GradientTape() as tape:
            both = tf.concat([real, self.generator(latent, training=True)], axis=0)
            logits = self.real_or_fake(self.trunk(both, training=True))
            labels = tf.concat([0.9 * tf.ones((n, 1)), tf.zeros((n, 1))], axis=0)
            d_loss = self.bce(labels, logits)
        self.d_optimizer.apply_gradients(zip(tape.gradient(d_loss, d_weights), d_weights))

        g_weights = self.generator.trainable_variables + self.code_head.trainable_variables
        with tf.GradientTape() as tape:
            features = self.trunk(self.generator(latent, training=True), training=True)
            mean, width = self.code_head(features, training=True)
            fool = self.bce(tf.ones((n, 1)), self.real_or_fake(features))
            info = code_likelihood(code, mean, width)
            g_loss = fool + self.info_weight * info
        self.g_optimizer.apply_gradients(zip(tape.gradient(g_loss, g_weights), g_weights))
        return {"d_loss": d_loss, "g_loss": fool, "info": info}


if __name__ == "__main__":
    images = (load_digits().data / 16.0).astype("float32")
    gan = InfoGAN()
    gan.compile(
        d_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
        g_optimizer=keras.optimizers.Adam(2e-3, beta_1=0.5),
    )
    gan.fit(tf.data.Dataset.from_tensor_slices(images).shuffle(2000, seed=2).batch(64, drop_remainder=True),
            epochs=15, verbose=2)
