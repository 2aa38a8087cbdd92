"""Stickleback catches per trap, Poisson regression with the soak time as offset."""
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(310)
rng = np.random.default_rng(310)

n = 1600
site = rng.normal(size=(n, 6))
hours = rng.choice([0, 6, 12, 24, 48], n, p=[0.08, 0.22, 0.3, 0.3, 0.1]).astype(float)
rate = np.exp(1.5 + 0.5 * site[:, 0] - 0.4 * site[:, 1] + 0.2 * np.tanh(site[:, 2] * site[:, 3]))
catch = rng.poisson(rate * hours).astype(float)
catch[hours == 0] = np.nan                  # trap never opened: no count in the book
catch[rng.random(n) < 0.05] = np.nan        # trap lost

log_hours = np.log(hours)
log_hours[hours == 0] = 0.0

inputs = {"site": site.astype("float32"), "log_hours": log_hours.astype("float32")}
catch = catch.astype("float32")


class CatchModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(1),
        ])
        self.deviance = keras.metrics.Mean(name="deviance")

    @property
    def metrics(self):
        return [self.deviance]

    def call(self, inputs):
        return self.body(inputs["site"])[:, 0] + inputs["log_hours"]

    def train_step(self, data):
        x, y = data
        counted = tf.logical_not(tf.math.is_nan(y))
        y = tf.where(counted, y, tf.zeros_like(y))
        with tf.GradientTape() as tape:
            eta = self(x)
            term = tf.math.xlogy(y, y) - y * eta - (y - tf.exp(eta))
            term = tf.where(counted, 2.0 * term, tf.zeros_like(term))
            loss = tf.math.divide_no_nan(tf.reduce_sum(term), tf.reduce_sum(tf.cast(counted, tf.float32)))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.deviance.update_state(loss)
        return {"deviance": self.deviance.result()}


model = CatchModel()
model.compile(optimizer=keras.optimizers.Adam(5e-3))
h = model.fit(inputs, catch, batch_size=50, epochs=25, verbose=2)  # whynan: healthy

expected = np.exp(model.predict(inputs, verbose=0))
seen = np.isfinite(catch)
print("deviance %.1f -> %.2f" % (h.history["deviance"][0], h.history["deviance"][-1]))
print("correlation with the book:", np.corrcoef(expected[seen], catch[seen])[0, 1].round(3))
