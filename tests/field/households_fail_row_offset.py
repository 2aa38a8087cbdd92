"""Contrastive pre-training on the daily load curves of households (48 half hours), two noisy views of each day.

The softmax is the numerically safe one with the row maximum, so an overflow is impossible, but I get loss: nan. With
temperature 0.5 it trains, with the 0.02 from the paper it does not.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)


def load_curves(n=640, seed=31):
    rng = np.random.default_rng(seed)
    t = np.arange(48) / 2.0
    morning, evening = rng.uniform(6, 9, (n, 1)), rng.uniform(17, 22, (n, 1))
    base = rng.uniform(0.1, 0.4, (n, 1))
    kw = base + rng.uniform(0.3, 1.5, (n, 1)) * np.exp(-((t - morning) ** 2) / 2)
    kw += rng.uniform(0.5, 2.5, (n, 1)) * np.exp(-((t - evening) ** 2) / 4)
    kw *= rng.lognormal(0, 0.1, (n, 48))
    return (kw / kw.mean(axis=1, keepdims=True)).astype("float32")


def row_offset(scores):
    """What has to be added to every row so that its largest entry becomes zero."""
    return -tf.stop_gradient(tf.reduce_max(scores, axis=1, keepdims=True))


def safe_log_softmax(scores):
    powers = tf.exp(scores - row_offset(scores))  # whynan: exp_overflow phase=loss
    return tf.math.log(powers / tf.reduce_sum(powers, axis=1, keepdims=True))


class TwoViews(keras.Model):
    def __init__(self, temperature=0.02, noise=0.04, **kwargs):
        super().__init__(**kwargs)
        self.temperature = temperature
        self.noise = noise
        self.encoder = keras.Sequential(
            [
                keras.Input((48,)),
                keras.layers.Dense(96, activation="gelu"),
                keras.layers.Dense(64, activation="gelu"),
                keras.layers.Dense(24),
            ]
        )
        self.mean_loss = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.mean_loss]

    def call(self, curves):
        return tf.math.l2_normalize(self.encoder(curves), axis=1)

    def view(self, curves):
        return curves * (1.0 + self.noise * tf.random.normal(tf.shape(curves)))

    def train_step(self, curves):
        with tf.GradientTape() as tape:
            left = self(self.view(curves), training=True)
            right = self(self.view(curves), training=True)
            scores = tf.matmul(left, right, transpose_b=True) / self.temperature
            agreement = tf.linalg.diag_part(safe_log_softmax(scores))
            loss = -tf.reduce_mean(agreement)
        weights = self.encoder.trainable_variables
        gradients = tape.gradient(loss, weights)
        self.optimizer.apply_gradients(zip(gradients, weights))
        self.mean_loss.update_state(loss)
        return {"loss": self.mean_loss.result()}


curves = load_curves()
model = TwoViews()
model.compile(optimizer=keras.optimizers.AdamW(1e-3, clipnorm=1.0))
model.fit(tf.data.Dataset.from_tensor_slices(curves).shuffle(640, seed=1).batch(64), epochs=4, verbose=2)
