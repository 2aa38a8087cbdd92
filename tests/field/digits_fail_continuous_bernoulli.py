"""VAE on the 8x8 digits with the continuous Bernoulli likelihood instead of plain cross-entropy.

I know that the normalising constant has a removable singularity, so I switch to the Taylor expansion around it.
The very first loss that is printed is sensible, after that only nan.
"""
import math

import keras
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(2)
LATENT = 6


def log_constant(lam, width=1e-2):
    """log C(lambda) of the continuous Bernoulli; Taylor expansion close to one half."""
    near_half = tf.abs(lam - 0.5) < width
    taylor = math.log(2.0) + 4.0 / 3.0 * tf.square(lam - 0.5)
    exact = tf.math.log(2.0 * tf.math.atanh(1.0 - 2.0 * lam) / (1.0 - 2.0 * lam))  # whynan: where_gradient_trap phase=gradient|loss also=divide_by_zero
    return tf.where(near_half, taylor, exact)


def make_encoder():
    image = keras.Input((64,))
    h = layers.Dense(96, activation="relu")(image)
    mean = layers.Dense(LATENT, name="mean")(h)
    log_var = layers.Dense(LATENT, name="log_var")(h)
    return keras.Model(image, [mean, log_var], name="encoder")


def make_decoder():
    # starts from a medium grey picture whatever the code is
    return keras.Sequential(
        [
            keras.Input((LATENT,)),
            layers.Dense(96, activation="relu"),
            layers.Dense(64, activation="sigmoid", kernel_initializer="zeros"),
        ],
        name="decoder",
    )


class ContinuousBernoulliVAE(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.encoder = make_encoder()
        self.decoder = make_decoder()
        self.noise = keras.random.SeedGenerator(11)
        self.total = keras.metrics.Mean(name="loss")
        self.kl = keras.metrics.Mean(name="kl")

    @property
    def metrics(self):
        return [self.total, self.kl]

    def call(self, image):
        mean, _ = self.encoder(image)
        return self.decoder(mean)

    def train_step(self, image):
        with tf.GradientTape() as tape:
            mean, log_var = self.encoder(image, training=True)
            eps = keras.random.normal(tf.shape(mean), seed=self.noise)
            lam = self.decoder(mean + tf.exp(0.5 * log_var) * eps, training=True)
            lam = tf.clip_by_value(lam, 1e-4, 1.0 - 1e-4)
            log_p = image * tf.math.log(lam) + (1.0 - image) * tf.math.log(1.0 - lam) + log_constant(lam)
            kl = -0.5 * tf.reduce_sum(1.0 + log_var - tf.square(mean) - tf.exp(log_var), axis=1)
            loss = tf.reduce_mean(kl - tf.reduce_sum(log_p, axis=1))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.total.update_state(loss)
        self.kl.update_state(kl)
        return {m.name: m.result() for m in self.metrics}


class EveryFewBatches(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch % 7 == 0:
            print(f"batch {batch:3d}  loss {logs['loss']:.3f}  kl {logs['kl']:.3f}")


pixels = (load_digits().data / 16.0).astype("float32")
images = tf.data.Dataset.from_tensor_slices(pixels).shuffle(1800, seed=1).batch(64, drop_remainder=True)

vae = ContinuousBernoulliVAE()
vae.compile(optimizer=keras.optimizers.Adam(1e-3))
vae.fit(images, epochs=3, verbose=0, callbacks=[EveryFewBatches()])
