"""Two numbers per fermentation batch: final extract (deg Plato) and diacetyl (ppb), one shared trunk.

The errors differ by four orders of magnitude, so each one is divided by its own typical size. First epoch: both errors
fall nicely. From the second epoch everything is nan, whatever the learning rate (I went down to 1e-6).
"""
import keras
import numpy as np
import tensorflow as tf


def cellar_book(n=512, seed=12):
    rng = np.random.default_rng(seed)
    original = rng.normal(12.4, 1.1, n)
    temperature = rng.normal(11.0, 1.8, n)
    pitch = rng.normal(8.0, 1.5, n)
    oxygen = rng.normal(8.5, 1.0, n)
    days = rng.integers(5, 12, n)
    extract = 0.21 * original + 0.9 * np.exp(-0.25 * (days - 5)) - 0.05 * (pitch - 8.0) + rng.normal(0, 0.08, n)
    diacetyl = 240.0 * np.exp(-0.18 * (days - 5)) * np.exp(0.05 * (11 - temperature)) + rng.normal(0, 8.0, n)
    x = np.stack([original, temperature, pitch, oxygen, days], axis=1)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = np.stack([extract, np.maximum(diacetyl, 5.0)], axis=1)
    return x.astype("float32"), y.astype("float32")


class CellarModel(keras.Model):
    def __init__(self, width=32):
        super().__init__()
        self.trunk = keras.Sequential(
            [keras.layers.Dense(width, activation="swish"), keras.layers.Dense(width, activation="swish")]
        )
        self.extract_head = keras.layers.Dense(1)
        self.diacetyl_head = keras.layers.Dense(1)
        # running size of each error, shown in the progress line as well
        self.extract_error = keras.metrics.Mean(name="extract_error")
        self.diacetyl_error = keras.metrics.Mean(name="diacetyl_error")

    def call(self, x, training=False):
        h = self.trunk(x, training=training)
        return tf.concat([self.extract_head(h), self.diacetyl_head(h)], axis=1)

    def in_units_of(self, error, typical):
        # nothing has been measured before the very first step
        started = tf.cast(self.optimizer.iterations > 0, error.dtype)
        size = started * typical.result() + (1.0 - started)
        return error / size  # whynan: divide_by_zero phase=loss also=metric_reset

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            squared = tf.reduce_mean(tf.square(y - self(x, training=True)), axis=0)
            loss = self.in_units_of(squared[0], self.extract_error)
            loss += self.in_units_of(squared[1], self.diacetyl_error)
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, 5.0)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.extract_error.update_state(squared[0])
        self.diacetyl_error.update_state(squared[1])
        return {
            "loss": loss,
            "extract_error": self.extract_error.result(),
            "diacetyl_error": self.diacetyl_error.result(),
        }


def run():
    keras.utils.set_random_seed(101)
    x, y = cellar_book()
    model = CellarModel()
    model.compile(optimizer=keras.optimizers.Adam(5e-3))
    model.fit(x, y, batch_size=32, epochs=4, verbose=2)


run()
