"""Pine marten occupancy: was a marten photographed during a deployment?

Complementary log-log model: detections are a Poisson process with a rate per hour that
depends on the habitat, so P(at least one) = 1 - exp(-rate * hours).
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(77)

EPS = 1e-8


def deployments(n=1500):
    rng = np.random.default_rng(77)
    canopy = rng.beta(3, 2, n)
    deadwood = rng.gamma(2.0, 8.0, n)
    road_km = rng.exponential(1.4, n)
    altitude = rng.normal(620, 210, n)
    snow = rng.integers(0, 2, n)
    bait = rng.integers(0, 2, n)
    hours = rng.uniform(1.0, 6.0, n)
    weekend = rng.random(n) < 0.06
    hours[weekend] = rng.uniform(66.0, 74.0, weekend.sum())

    log_rate = -4.6 + 1.6 * (canopy - 0.6) + 0.02 * (deadwood - 16) + 0.2 * road_km + 0.6 * bait
    seen = rng.random(n) < 1.0 - np.exp(-np.exp(log_rate) * hours)
    X = np.stack([canopy, deadwood, road_km, altitude / 1000, snow, bait], axis=1)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return X.astype("float32"), hours[:, None].astype("float32"), seen[:, None].astype("float32")


class Occupancy(keras.Model):
    def __init__(self, units=24):
        super().__init__()
        self.hidden = layers.Dense(units, activation="relu")
        self.log_rate = layers.Dense(1)
        self.nll = keras.metrics.Mean(name="nll")

    @property
    def metrics(self):
        return [self.nll]

    def call(self, inputs):
        x, hours = inputs
        eta = self.log_rate(self.hidden(x)) + tf.math.log(hours)
        return 1.0 - tf.exp(-tf.exp(eta))

    def _loss(self, seen, p):
        p = tf.clip_by_value(p, EPS, 1.0 - EPS)
        ll = seen * tf.math.log(p) + (1.0 - seen) * tf.math.log(1.0 - p)  # whynan: clip_misuse phase=forward|loss
        return -tf.reduce_mean(ll)

    def train_step(self, data):
        inputs, seen = data
        with tf.GradientTape() as tape:
            loss = self._loss(seen, self(inputs, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.nll.update_state(loss)
        return {"nll": self.nll.result()}

    def test_step(self, data):
        inputs, seen = data
        self.nll.update_state(self._loss(seen, self(inputs, training=False)))
        return {"nll": self.nll.result()}


X, hours, seen = deployments()
print(f"{len(X)} deployments, marten seen in {seen.mean():.1%}, longest {hours.max():.0f} h")

model = Occupancy()
model.compile(optimizer=keras.optimizers.Adam(1e-3))
model.fit((X[:1300], hours[:1300]), seen[:1300], batch_size=64, epochs=10,
          validation_data=((X[1300:], hours[1300:]), seen[1300:]), verbose=2)

one_night = model.predict((X[1300:], np.full((200, 1), 10.0, "float32")), verbose=0)
print("mean chance in a ten-hour night:", float(one_night.mean()))
