"""Pyrometer with eight channels: estimate temperature and emissivity of a billet through Planck's law.

Numpy complains "overflow encountered in expm1" and "divide by zero encountered in log" when the data is made (the blue
channels of a cold billet), and the loss contains exp(C2 / (wave * T)), i.e. up to exp(140), in float32.
"""
import math

import keras
import numpy as np
import tensorflow as tf

C1, C2 = 1.191e8, 14388.0      # W um^4 m^-2 sr^-1, um K
WAVES = np.array([0.40, 0.53, 0.80, 1.05, 1.60, 2.30, 3.90, 4.60], "float32")
FLOOR = np.float32(1e-2)


def planck(temperature):
    return C1 / WAVES**5 / np.expm1(C2 / (WAVES * temperature))


def measure(count, seed):
    rng = np.random.default_rng(seed)
    temperature = rng.uniform(280.0, 2400.0, (count, 1)).astype("float32")
    emissivity = rng.uniform(0.6, 0.95, (count, 1)).astype("float32")
    noise = np.exp(rng.normal(0.0, 0.02, (count, len(WAVES)))).astype("float32")
    signal = planck(temperature) * emissivity * noise
    log_signal = np.log(signal)
    readable = signal > FLOOR
    log_signal = np.where(readable, log_signal, np.log(FLOOR))
    return temperature, log_signal.astype("float32"), readable.astype("float32")


class BilletState(keras.layers.Layer):
    """Two free numbers -> (kelvin, log emissivity)."""

    def call(self, raw):
        kelvin = 250.0 + 2600.0 * tf.sigmoid(raw[:, :1])
        return tf.concat([kelvin, tf.math.log_sigmoid(raw[:, 1:])], axis=-1)


def log_radiance(kelvin, log_emissivity):
    x = C2 / (WAVES * kelvin)
    log_expm1 = x + tf.math.log(-tf.math.expm1(-x))
    return math.log(C1) - 5.0 * np.log(WAVES) - log_expm1 + log_emissivity


def radiance_loss(target, state):
    observed, readable = tf.split(target, 2, axis=-1)
    misfit = readable * (log_radiance(state[:, :1], state[:, 1:]) - observed)
    return tf.reduce_sum(tf.square(misfit), axis=-1) / tf.reduce_sum(readable, axis=-1)


class TemperatureError(keras.callbacks.Callback):
    def __init__(self, x, kelvin):
        super().__init__()
        self.x, self.kelvin = x, kelvin

    def on_epoch_end(self, epoch, logs=None):
        if epoch % 5 == 4:
            guess = self.model.predict(self.x, verbose=0)[:, :1]
            print(f"epoch {epoch:2d}  loss {logs['loss']:.4f}  median error {np.median(abs(guess - self.kelvin)):.1f} K")


if __name__ == "__main__":
    keras.utils.set_random_seed(90)
    kelvin, logs, readable = measure(1500, seed=90)
    print(f"unreadable channels: {1 - readable.mean():.1%}, fewest readable in a row: {int(readable.sum(1).min())}")
    x = np.concatenate([logs / 10.0, readable], axis=1)
    y = np.concatenate([logs, readable], axis=1)

    network = keras.Sequential([
        keras.Input((2 * len(WAVES),)),
        keras.layers.Dense(64, activation="swish"),
        keras.layers.Dense(64, activation="swish"),
        keras.layers.Dense(2),
        BilletState(),
    ])
    network.compile(optimizer=keras.optimizers.Adam(3e-3, global_clipnorm=1.0), loss=radiance_loss)
    network.fit(x, y, batch_size=50, epochs=20, verbose=0, callbacks=[TemperatureError(x[:300], kelvin[:300])])
# whynan: healthy
