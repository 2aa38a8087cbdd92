import math

import numpy as np
import tensorflow as tf
import keras
from keras import layers

# Robot lawnmowers: remaining battery minutes from the last hour of telemetry
# (12 x 5 min: current, slope, grass height, motor temperature)

keras.utils.set_random_seed(33)
HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


def telemetry(n=1600, steps=12):
    r = np.random.default_rng(33)
    slope = np.abs(r.normal(0, 5, (n, 1))) + r.normal(0, 1, (n, steps))
    grass = r.gamma(6, 0.8, (n, 1)) + r.normal(0, 0.3, (n, steps))
    current = 1.2 + 0.08 * np.abs(slope) + 0.15 * grass + r.normal(0, 0.1, (n, steps))
    temp = 25 + 6 * np.cumsum(current, axis=1) / np.arange(4, steps + 4)
    minutes = 150 - current.sum(1) * 2.6 - 0.5 * (temp[:, -1] - 30) + r.normal(0, 4, n)
    x = np.stack([current, slope, grass, temp], -1)
    x = (x - x.mean((0, 1))) / x.std((0, 1))
    y = (minutes - minutes.mean()) / minutes.std()
    return x.astype("float32"), y.astype("float32")[:, None]


class BatteryModel(keras.Model):
    """LSTM regression with a unit normal observation model."""

    def __init__(self, units=24, **kw):
        super().__init__(**kw)
        self.encoder = layers.LSTM(units)
        self.head = layers.Dense(1)
        self.tracker = keras.metrics.Mean(name="loss")
        self.mae = keras.metrics.MeanAbsoluteError(name="mae")

    @property
    def metrics(self):
        return [self.tracker, self.mae]

    def call(self, x, training=False):
        return self.head(self.encoder(x, training=training))

    @staticmethod
    def log_prob(y, mu):
        return -0.5 * tf.square(y - mu) - HALF_LOG_2PI

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            mu = self(x, training=True)
            loss = tf.reduce_mean(self.log_prob(y, mu))  # whynan: wrong_sign_loss phase=loss|gradient
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.tracker.update_state(loss)
        self.mae.update_state(y, mu)
        return {m.name: m.result() for m in self.metrics}


x, y = telemetry()
model = BatteryModel()
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9))
model.fit(x, y, batch_size=32, epochs=8, verbose=2)

mu = model.predict(x[:5], verbose=0)
print(np.c_[mu[:, 0], y[:5, 0]])
