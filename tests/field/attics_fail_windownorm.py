# Attic ventilation: guess the air change rate from pressure + temperature loggers.
# One sample = 60 readings (10 s apart) of a differential logger pair.
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

N, STEPS = 900, 60


def simulate(n):
    rate = rng.uniform(0.2, 3.0, size=n)                  # air changes / hour
    t = np.arange(STEPS) / STEPS
    ambient = 101325.0 + rng.normal(0, 350.0, size=(n, 1))
    gusts = rng.normal(0, 1.0, size=(n, STEPS)).cumsum(axis=1)
    gusts = gusts / gusts.std(axis=1, keepdims=True)
    pressure = ambient + (1.0 + rate[:, None]) * gusts
    swing = 4.0 / (1.0 + rate[:, None])
    temp = 17.0 + swing * np.sin(2 * np.pi * t + rng.uniform(0, 6, size=(n, 1)))
    temp = temp + rng.normal(0, 0.1, size=(n, STEPS))
    x = np.stack([pressure, temp], axis=-1).astype("float32")
    return x, rate.astype("float32")


class WindowNorm(keras.layers.Layer):
    """Bring every window and channel to zero mean, unit spread."""

    def __init__(self, eps=1e-3, **kw):
        super().__init__(**kw)
        self.eps = eps

    def call(self, x):
        mean = tf.reduce_mean(x, axis=1, keepdims=True)
        mean_sq = tf.reduce_mean(tf.square(x), axis=1, keepdims=True)
        std = tf.sqrt(mean_sq - tf.square(mean))  # whynan: catastrophic_cancellation phase=forward also=sqrt_of_negative,unscaled_input
        return (x - mean) / (std + self.eps)


def make_model():
    return keras.Sequential([
        keras.layers.Input((STEPS, 2)),
        WindowNorm(),
        keras.layers.Conv1D(16, 7, strides=2, activation="tanh"),
        keras.layers.Conv1D(16, 5, strides=2, activation="tanh"),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(16, activation="tanh"),
        keras.layers.Dense(1),
    ])


x, y = simulate(N)
split = int(0.85 * N)
model = make_model()
model.compile(optimizer="adam", loss="mae")
model.fit(x[:split], y[:split],
          validation_data=(x[split:], y[split:]),
          epochs=4, batch_size=32, verbose=2)

guess = model.predict(x[split:], verbose=0).ravel()
print("mean absolute error [1/h]:", np.abs(guess - y[split:]).mean())
