"""Multinomial logit of the commute: car, bus, bike or walk, with level of service per mode and a taste term per person.

The old survey wave (day workers only) estimated fine with this code. On the new wave the log-likelihood is nan after one
epoch, and so are all coefficients.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(64)
MODES = ["car", "bus", "bike", "walk"]


def survey(n, seed):
    rng = np.random.default_rng(seed)
    km = rng.lognormal(1.9, 0.8, n)
    owns_car = rng.random(n) < 0.72
    village = rng.random(n) < 0.3
    starts = rng.choice([4, 6, 7, 8, 9, 14, 22, 23], n, p=[0.04, 0.12, 0.26, 0.28, 0.14, 0.08, 0.05, 0.03])
    offered = np.stack([owns_car, ~village & (starts >= 5) & (starts <= 22), km < 9, km < 3], axis=1)
    minutes = np.stack([4 + 1.8 * km, 9 + 2.6 * km, 4.0 * km, 12.0 * km], axis=1)
    cost = np.stack([0.25 * km, np.full(n, 2.4), np.zeros(n), np.zeros(n)], axis=1)
    person = rng.normal(size=(n, 3))
    worth = -0.06 * minutes - 0.3 * cost + np.array([1.2, 0.3, 0.0, 0.4]) + rng.gumbel(size=(n, 4))
    chosen = np.argmax(np.where(offered, worth, -1e9), axis=1)
    trips = {
        "person": person.astype("float32"),
        "minutes": (minutes / 10).astype("float32"),
        "cost": cost.astype("float32"),
        "offered": offered,
    }
    return trips, chosen.astype("int32")


class ModeChoice(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.taste = keras.layers.Dense(len(MODES))
        self.per_minute = self.add_weight(shape=(), initializer="zeros", name="per_minute")
        self.per_euro = self.add_weight(shape=(), initializer="zeros", name="per_euro")

    def call(self, trip):
        utility = self.taste(trip["person"]) + self.per_minute * trip["minutes"] + self.per_euro * trip["cost"]
        offset = tf.where(trip["offered"], 0.0, -np.inf)
        return tf.nn.softmax(utility + offset, axis=-1)  # whynan: softmax_all_masked phase=forward


def neg_log_likelihood(chosen, share):
    row = tf.reshape(tf.cast(chosen, tf.int32), [-1])
    picked = tf.gather(share, row, batch_dims=1)
    return -tf.math.log(picked + 1e-9)


trips, chosen = survey(1600, seed=3)
waves = tf.data.Dataset.from_tensor_slices((trips, chosen)).shuffle(1600, seed=9).batch(64).prefetch(1)

model = ModeChoice()
model.compile(optimizer=keras.optimizers.Adam(0.02), loss=neg_log_likelihood)
model.fit(waves, epochs=5, verbose=2)
print("per 10 min", float(model.per_minute), " per euro", float(model.per_euro))
