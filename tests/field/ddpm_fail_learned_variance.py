"""Small denoising diffusion model for 8x8 digits that also learns the variance of the reverse step.

With only the noise prediction loss it trained well. I added the variational term for the variances with a factor of
0.001 so that it cannot dominate, now the progress bar shows a normal loss for a couple of batches and then nan.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(17)

STEPS = 120
PIXELS = 64


def schedule(steps):
    beta = np.linspace(1e-4, 0.04, steps)
    alpha = 1.0 - beta
    alpha_bar = np.cumprod(alpha)
    before = np.append(1.0, alpha_bar[:-1])
    table = {
        "beta": beta,
        "alpha_bar": alpha_bar,
        "posterior_variance": beta * (1.0 - before) / (1.0 - alpha_bar),
        "from_start": beta * np.sqrt(before) / (1.0 - alpha_bar),
        "from_noisy": (1.0 - before) * np.sqrt(alpha) / (1.0 - alpha_bar),
    }
    return {name: tf.constant(values, tf.float32) for name, values in table.items()}


def make_denoiser():
    image = keras.Input((PIXELS,))
    step = keras.Input((), dtype="int32")
    h = layers.Concatenate()([image, layers.Embedding(STEPS, 32)(step)])
    h = layers.Dense(192, activation="swish")(h)
    skip = h
    h = layers.Dense(192, activation="swish")(h)
    h = layers.Add()([h, skip])
    return keras.Model([image, step], [layers.Dense(PIXELS)(h), layers.Dense(PIXELS, activation="sigmoid")(h)])


class Diffusion(keras.Model):
    def __init__(self, vlb_weight=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.net = make_denoiser()
        self.tables = schedule(STEPS)
        self.vlb_weight = vlb_weight
        self.simple = keras.metrics.Mean(name="simple")
        self.total = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.total, self.simple]

    def at(self, name, t):
        return tf.gather(self.tables[name], t)[:, None]

    def variance_term(self, x0, xt, t, eps, fraction):
        """KL between the true and the predicted reverse step, only the variance is learned here."""
        alpha_bar = self.at("alpha_bar", t)
        x0_hat = (xt - tf.sqrt(1.0 - alpha_bar) * eps) / tf.sqrt(alpha_bar)
        true_mean = self.at("from_start", t) * x0 + self.at("from_noisy", t) * xt
        mean = self.at("from_start", t) * x0_hat + self.at("from_noisy", t) * xt
        lowest = tf.math.log(self.at("posterior_variance", t))  # whynan: log_of_zero phase=loss|forward
        log_var = fraction * tf.math.log(self.at("beta", t)) + (1.0 - fraction) * lowest
        kl = log_var - lowest - 1.0 + tf.exp(lowest - log_var) + tf.square(true_mean - mean) * tf.exp(-log_var)
        return 0.5 * tf.reduce_mean(kl)

    def train_step(self, x0):
        t = tf.random.uniform((tf.shape(x0)[0],), 0, STEPS, dtype=tf.int32)
        noise = tf.random.normal(tf.shape(x0))
        alpha_bar = self.at("alpha_bar", t)
        xt = tf.sqrt(alpha_bar) * x0 + tf.sqrt(1.0 - alpha_bar) * noise
        with tf.GradientTape() as tape:
            eps, fraction = self.net([xt, t], training=True)
            simple = tf.reduce_mean(tf.square(noise - eps))
            loss = simple + self.vlb_weight * self.variance_term(x0, xt, t, tf.stop_gradient(eps), fraction)
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.net.trainable_variables))
        self.total.update_state(loss)
        self.simple.update_state(simple)
        return {"loss": self.total.result(), "simple": self.simple.result()}


digits = (load_digits().data / 8.0 - 1.0).astype("float32")
images = tf.data.Dataset.from_tensor_slices(digits).shuffle(2000, seed=1).batch(64, drop_remainder=True)

model = Diffusion()
model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0))
model.fit(images, epochs=4, verbose=2)
