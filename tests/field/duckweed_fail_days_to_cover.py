"""How old is a duckweed stand? Site conditions and the harvested biomass go in, days since seeding come out.

The network gives growth rate and ceiling of a logistic curve per pond and the curve is solved for the day. The error
falls nicely during the first epochs (about 10 days -> 6 days) and then every number is nan. The data have no gaps.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(5)
SEEDED = 0.05  # kg per square metre


def ponds(n=640, seed=2):
    rng = np.random.default_rng(seed)
    site = rng.normal(size=(n, 3)).astype("float32")  # nitrogen, light, temperature (z-scores)
    rate = 0.22 + 0.05 * np.tanh(site[:, 2])
    ceiling = 1.0 + 0.5 * np.tanh(site[:, 0] + 0.4 * site[:, 1])
    day = rng.uniform(2, 40, n)
    grown = ceiling / (1 + (ceiling / SEEDED - 1) * np.exp(-rate * day))
    weighed = grown * (1 + np.clip(rng.normal(0, 0.07, n), -0.2, 0.2))
    return {"site": site, "biomass": weighed.astype("float32")}, day.astype("float32")


class GrowthClock(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.body = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(32, activation="relu")])
        self.rate = layers.Dense(1, activation="softplus", bias_initializer=keras.initializers.Constant(-1.0))
        self.ceiling = layers.Dense(1, activation="softplus", kernel_initializer="zeros",
                                    bias_initializer=keras.initializers.Constant(2.5))
        self.tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, inputs):
        h = self.body(inputs["site"])
        rate = self.rate(h)[:, 0] + 0.02
        ceiling = self.ceiling(h)[:, 0]
        biomass = inputs["biomass"]
        odds = biomass * (ceiling - SEEDED) / (SEEDED * (ceiling - biomass))
        return tf.math.log(odds) / rate  # whynan: log_of_negative phase=forward|loss

    def train_step(self, data):
        inputs, day = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.abs(self(inputs) - day))
        grads = tape.gradient(loss, self.trainable_variables)
        grads, _ = tf.clip_by_global_norm(grads, 5.0)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


inputs, day = ponds()
clock = GrowthClock()
clock.compile(optimizer=keras.optimizers.Adam(5e-3))
clock.fit(inputs, day, batch_size=32, epochs=40, verbose=2)
