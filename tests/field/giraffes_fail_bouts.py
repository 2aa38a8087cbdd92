"""Browsing bouts of giraffes: a lognormal model of bout length, conditioned on tree, time of day and position in the visit."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(17)
MAX_BOUTS = 15


def record_visits(n=900):
    rng = np.random.default_rng(17)
    count = rng.integers(4, MAX_BOUTS, n)  # bouts per visit, every visit is padded to MAX_BOUTS
    spines = rng.normal(0, 1, n)
    hour = rng.uniform(6, 18, n)
    x = np.zeros((n, MAX_BOUTS, 4), "float32")
    seconds = np.zeros((n, MAX_BOUTS), "float32")
    for i in range(n):
        k = count[i]
        pos = np.arange(k) / MAX_BOUTS
        mu = 3.2 - 0.3 * spines[i] - 0.8 * pos
        seconds[i, :k] = rng.lognormal(mu, 0.5)
        x[i, :k, 0] = pos
        x[i, :k, 1] = spines[i]
        x[i, :k, 2] = np.sin(hour[i] / 24 * 2 * np.pi)
        x[i, :k, 3] = np.cos(hour[i] / 24 * 2 * np.pi)
    return x, seconds


class BoutModel(keras.Model):
    def __init__(self, units=24):
        super().__init__()
        self.inner = keras.layers.Dense(units, activation="tanh")
        self.params = keras.layers.Dense(2)
        self.nll = keras.metrics.Mean(name="nll")

    @property
    def metrics(self):
        return [self.nll]

    def call(self, x, training=False):
        return self.params(self.inner(x))

    def loss_value(self, x, seconds):
        out = self(x, training=True)
        mu = out[..., 0]
        sigma = tf.nn.softplus(out[..., 1]) + 0.05
        valid = tf.cast(seconds > 0.0, tf.float32)
        log_s = tf.math.log(seconds)  # whynan: nan_mask_mismatch phase=forward|loss also=log_of_zero
        nll = 0.5 * tf.square((log_s - mu) / sigma) + tf.math.log(sigma) + log_s
        return tf.reduce_sum(nll * valid) / tf.reduce_sum(valid)

    def train_step(self, data):
        x, seconds = data
        with tf.GradientTape() as tape:
            loss = self.loss_value(x, seconds)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.nll.update_state(loss)
        return {"nll": self.nll.result()}


x, seconds = record_visits()
print("visits:", len(x), " bouts:", int((seconds > 0).sum()))

model = BoutModel()
model.compile(optimizer=keras.optimizers.Adam(4e-3))
model.fit(x, seconds, batch_size=45, epochs=5, verbose=2)

mu = model(x[:3]).numpy()[..., 0]
print("median length of the first bout (s):", np.exp(mu[:, 0]).round(1))
