"""RealNVP on the sklearn digits.  bits/dim is nan from the first batch."""
import math

import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(1)
D = 64


def logit(p):
    return tf.math.log(p) - tf.math.log1p(-p)  # whynan: log_of_zero phase=data|forward also=inf_in_input


def preprocess(img):
    """Pixels -> unconstrained space, as in section 4.1 of the paper."""
    p = tf.cast(tf.reshape(img, [D]), tf.float32) / 16.0
    return logit(p)


class Coupling(layers.Layer):
    def __init__(self, parity, hidden=64, **kw):
        super().__init__(**kw)
        self.mask = tf.constant([(i + parity) % 2 for i in range(D)], tf.float32)
        self.body = keras.Sequential([layers.Dense(hidden, activation="relu"), layers.Dense(hidden, activation="relu")])
        self.s = layers.Dense(D, activation="tanh", kernel_initializer="zeros")
        self.t = layers.Dense(D, kernel_initializer="zeros")

    def call(self, x):
        h = self.body(x * self.mask)
        s = self.s(h) * (1 - self.mask)
        t = self.t(h) * (1 - self.mask)
        return x * tf.exp(s) + t, tf.reduce_sum(s, axis=-1)


class RealNVP(keras.Model):
    def __init__(self, n_couplings=4):
        super().__init__()
        self.flow = [Coupling(i % 2) for i in range(n_couplings)]
        self.tracker = keras.metrics.Mean(name="bits_per_dim")

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, x):
        logdet = 0.0
        for layer in self.flow:
            x, ld = layer(x)
            logdet += ld
        return x, logdet

    def nll(self, x):
        z, logdet = self(x)
        prior = -0.5 * tf.reduce_sum(tf.square(z), -1) - 0.5 * D * math.log(2 * math.pi)
        return -(prior + logdet)

    def train_step(self, x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.nll(x))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.tracker.update_state(loss / (D * math.log(2.0)))
        return {"loss": loss, "bits_per_dim": self.tracker.result()}


digits = load_digits().images[:512]
ds = (tf.data.Dataset.from_tensor_slices(digits)
      .map(preprocess, num_parallel_calls=2)
      .shuffle(512, seed=3)
      .batch(64, drop_remainder=True))
model = RealNVP()
model.compile(optimizer=keras.optimizers.Adam(1e-3))
model.fit(ds, epochs=2, verbose=2)
