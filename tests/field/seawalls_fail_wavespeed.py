"""Estimate the wave speed profile in front of a seawall from the survey of the sea floor.

A small net maps 10 sonar depths to a speed profile; a differentiable 1D wave
solver turns the profile into the record of three gauges, which is what we measure.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)

CELLS = 48
STEPS = 60
DX = 0.02      # basin length is 1
DT = 0.005
GAUGES = [12, 24, 40]

grid = np.arange(CELLS)
pulse = np.exp(-0.5 * ((grid - 8) / 3.0) ** 2).astype("float32")


def simulate(speed):
    """Reference records (numpy), speed has shape (n, CELLS)."""
    k = (speed * DT / DX) ** 2
    prev = np.tile(pulse, (len(speed), 1)).astype("float64")
    cur = prev.copy()
    record = []
    for _ in range(STEPS):
        lap = np.roll(cur, 1, 1) - 2 * cur + np.roll(cur, -1, 1)
        prev, cur = cur, 2 * cur - prev + k * lap
        record.append(cur[:, GAUGES])
    return np.stack(record, 1)


def surveys(n):
    knots = rng.uniform(0.3, 1.6, (n, 10))
    fine = np.stack([np.interp(np.linspace(0, 9, CELLS), np.arange(10), d) for d in knots])
    gauges = simulate(np.sqrt(1.5 * fine + 0.2))
    gauges = gauges + rng.normal(0, 0.01, gauges.shape)
    return knots.astype("float32"), gauges.astype("float32")


class WaveBasin(layers.Layer):
    """Leapfrog scheme for u_tt = c^2 u_xx with periodic ends."""

    def __init__(self, dx, dt, steps, gauges, **kwargs):
        super().__init__(**kwargs)
        self.dx, self.dt = dx, dt
        self.steps = steps
        self.gauges = gauges

    def call(self, speed):
        k = tf.square(speed * self.dt / self.dx)
        prev = tf.zeros_like(speed) + pulse
        cur = prev
        record = []
        for _ in range(self.steps):
            nxt = 2.0 * cur - prev + k * (tf.roll(cur, 1, 1) - 2.0 * cur + tf.roll(cur, -1, 1))  # whynan: exploding_gradient phase=forward
            prev, cur = cur, nxt
            record.append(tf.gather(cur, self.gauges, axis=1))
        return tf.stack(record, axis=1)


depths, records = surveys(320)
print("gauge records", records.shape, "largest", np.abs(records).max())

inp = keras.Input((10,))
h = layers.Dense(32, activation="tanh")(inp)
h = layers.Dense(32, activation="tanh")(h)
speed = layers.Dense(CELLS, activation="softplus", name="speed")(h)
waves = WaveBasin(DT, DX, STEPS, GAUGES)(speed + 0.3)
model = keras.Model(inp, waves)

model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
model.fit(depths, records, batch_size=32, epochs=4, validation_split=0.1, verbose=2)

speeds = keras.Model(inp, speed).predict(depths[:3], verbose=0) + 0.3
print(np.round(speeds[:, ::8], 2))
