import argparse

import keras
import numpy as np
import tensorflow as tf

parser = argparse.ArgumentParser(description="egg core temperature from incubator readings (continuous-time RNN)")
parser.add_argument("--units", type=int, default=24)
parser.add_argument("--steps", type=int, default=48)
parser.add_argument("--dt", type=float, default=1.0, help="time between two readings")
parser.add_argument("--tau", type=float, default=0.05, help="time constant of the hidden units")
parser.add_argument("--epochs", type=int, default=4)
parser.add_argument("--lr", type=float, default=1e-3)
args = parser.parse_args()

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)


class CTRNNCell(keras.layers.Layer):
    """tau * dh/dt = -h + tanh(W x + U h + b)"""

    def __init__(self, units, dt, tau, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units
        self.output_size = units
        self.dt = dt
        self.tau = tau

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="w")
        self.u = self.add_weight(shape=(self.units, self.units), initializer="orthogonal", name="u")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")

    def call(self, x, states):
        h = states[0]
        target = tf.tanh(tf.matmul(x, self.w) + tf.matmul(h, self.u) + self.b)
        h = h + self.dt / self.tau * (target - h)  # whynan: exploding_gradient phase=forward
        return h, [h]


def make_trays(n, steps):
    """Air temperature, humidity and fan duty of n trays, and the core temperature at the end."""
    minutes = np.arange(steps)
    setpoint = rng.normal(37.6, 0.3, size=(n, 1))
    door = (rng.random((n, steps)) < 0.03).astype(float)
    dip = np.zeros((n, steps))
    for t in range(1, steps):
        dip[:, t] = 0.8 * dip[:, t - 1] + 1.5 * door[:, t]
    air = setpoint + 0.2 * np.sin(2 * np.pi * minutes / 20 + rng.uniform(0, 6, (n, 1))) - dip
    air += rng.normal(0, 0.05, air.shape)
    humidity = 55 + rng.normal(0, 4, (n, 1)) - 3 * dip + rng.normal(0, 1, air.shape)
    fan = np.clip(0.5 + 0.4 * (air - setpoint) + rng.normal(0, 0.05, air.shape), 0, 1)
    core = np.full(n, 37.0)
    for t in range(steps):
        core = core + (air[:, t] - core) / 18.0
    return np.stack([air, humidity, fan], axis=-1), core[:, None]


readings, core = make_trays(960, args.steps)
readings = (readings - readings.mean(axis=(0, 1))) / readings.std(axis=(0, 1))
core = (core - core.mean()) / core.std()
readings, core = readings.astype("float32"), core.astype("float32")

inputs = keras.Input((args.steps, 3))
x = keras.layers.RNN(CTRNNCell(args.units, args.dt, args.tau), name="ctrnn")(inputs)
x = keras.layers.Dense(16, activation="tanh")(x)
outputs = keras.layers.Dense(1)(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(args.lr, clipnorm=1.0), loss="mse")
model.summary()

n_train = 800
model.fit(readings[:n_train], core[:n_train], batch_size=32, epochs=args.epochs, verbose=2,
          validation_data=(readings[n_train:], core[n_train:]))

predicted = model.predict(readings[n_train:], verbose=0)
print("corr:", np.corrcoef(predicted[:, 0], core[n_train:, 0])[0, 1])
