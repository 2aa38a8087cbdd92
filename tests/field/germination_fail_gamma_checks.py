"""Germination time of seed lots that are looked at only on some days.

A seed that has sprouted on day 5 sprouted somewhere between the checks of day 3 and
day 5, so the likelihood is a difference of two gamma distribution functions; seeds
that never sprout are censored at the last check.  The differences are floored before
the logarithm and parameters are positive.  The first batch gives a sensible value,
after that everything is nan.  float64 gave the same.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(404)

CHECK_DAYS = np.array([3.0, 5.0, 7.0, 10.0, 14.0, 21.0])


def seed_lots(n, rng):
    temperature = rng.uniform(10, 28, n)
    moisture = rng.uniform(0.15, 0.45, n)
    depth_mm = rng.uniform(3, 30, n)
    store_years = rng.gamma(1.5, 1.0, n)
    features = np.stack([
        (temperature - 19) / 5.0,
        (moisture - 0.3) / 0.09,
        (depth_mm - 16) / 8.0,
        store_years - 1.5,
    ], axis=1)
    mean_days = np.exp(1.9 - 0.07 * (temperature - 19) - 1.2 * (moisture - 0.3)
                       + 0.012 * (depth_mm - 16) + 0.1 * store_years)
    days = rng.gamma(2.6, mean_days / 2.6)
    return features.astype("float32"), days


def between_checks(days):
    """(last check before, first check after, sprouted) for every seed."""
    edges = np.concatenate([[0.0], CHECK_DAYS])
    slot = np.searchsorted(CHECK_DAYS, days)
    sprouted = slot < len(CHECK_DAYS)
    lower = edges[slot]
    upper = np.where(sprouted, CHECK_DAYS[np.minimum(slot, len(CHECK_DAYS) - 1)], lower)
    return np.stack([lower, upper, sprouted], axis=1).astype("float32")


def interval_nll(y, params):
    lower, upper, sprouted = y[:, 0], y[:, 1], y[:, 2]
    shape, rate = params[:, 0], params[:, 1]
    before = tf.math.igamma(shape, lower * rate)  # whynan: pow_grad_at_zero phase=gradient also=igamma_grad_at_zero,divide_by_zero
    after = tf.math.igamma(shape, upper * rate)
    after = tf.where(sprouted > 0.5, after, tf.ones_like(after))
    return -tf.math.log(tf.maximum(after - before, 1e-6))


class GerminationModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(32, activation="tanh"),
        ])
        self.head = keras.layers.Dense(2)
        self.nll = keras.metrics.Mean(name="nll")

    @property
    def metrics(self):
        return [self.nll]

    def call(self, x):
        raw = self.head(self.body(x))
        shape = tf.nn.softplus(raw[:, 0]) + 1e-3
        rate = 0.2 * tf.nn.softplus(raw[:, 1]) + 1e-3
        return tf.stack([shape, rate], axis=1)

    def train_step(self, batch):
        x, y = batch
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(interval_nll(y, self(x, training=True)))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.nll.update_state(loss)
        return {"nll": self.nll.result()}


class PrintFirstBatches(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch < 2 and self.model.optimizer.iterations.numpy() < 3:
            print("batch", batch, "nll", float(logs["nll"]))


rng = np.random.default_rng(9)
features, days = seed_lots(1536, rng)
observed = between_checks(days)

trays = (
    tf.data.Dataset.from_tensor_slices((features, observed))
    .shuffle(1536, seed=1)
    .batch(64)
    .prefetch(1)
)

model = GerminationModel()
model.compile(optimizer=keras.optimizers.Adam(2e-3, global_clipnorm=1.0), jit_compile=False)
model.fit(trays, epochs=3, verbose=2, callbacks=[PrintFirstBatches()])
