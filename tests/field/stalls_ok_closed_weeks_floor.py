"""Takings of market stalls, next day, from the last 28 days. Many stalls are closed for the whole window (all zeros).

The loss starts large, falls below zero and goes on falling, and the spread of a closed window is exactly 0 and I divide
by it, so I expect nan any moment. Is this training broken?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(27)

WINDOW, CHANNELS = 28, 3


def stalls(n=800, seed=27):
    rng = np.random.default_rng(seed)
    day = np.arange(WINDOW + 1)
    level = rng.lognormal(5.0, 0.7, (n, 1))
    weekly = 1.0 + 0.5 * np.sin(2 * np.pi * (day + rng.integers(0, 7, (n, 1))) / 7)
    takings = level * weekly * rng.lognormal(0, 0.1, (n, WINDOW + 1))
    visitors = takings / 8.0 * rng.lognormal(0, 0.15, (n, WINDOW + 1))
    items = takings / 3.0 * rng.lognormal(0, 0.15, (n, WINDOW + 1))
    block = np.log1p(np.stack([takings, visitors, items], axis=-1))
    block[rng.random(n) < 0.2] = 0.0
    return block[:, :WINDOW].astype("float32"), block[:, WINDOW, :1].astype("float32")


class WindowScale(keras.layers.Layer):
    """Mixes the channels, then centres and scales each window over time; returns the level beside it."""

    def __init__(self, width, floor=0.05, **kwargs):
        super().__init__(**kwargs)
        self.width, self.floor = width, floor

    def build(self, input_shape):
        self.mix = self.add_weight(name="mix", shape=(input_shape[-1], self.width), initializer="glorot_uniform")

    def call(self, x):
        x = tf.einsum("btc,cw->btw", x, self.mix)
        level = tf.reduce_mean(x, axis=1, keepdims=True)
        spread = tf.sqrt(tf.reduce_mean(tf.square(x - level), axis=1, keepdims=True))
        return (x - level) / tf.maximum(spread, self.floor), level[:, 0]


def gaussian_nll(y, out):
    """First column the mean, second the raw log spread, bounded by tanh."""
    mean, raw = out[:, :1], out[:, 1:]
    log_sigma = 2.3 * tf.tanh(raw) - 0.3
    return tf.reduce_mean(0.5 * tf.square((y - mean) * tf.exp(-log_sigma)) + log_sigma, axis=-1)


def build():
    days = keras.Input((WINDOW, CHANNELS))
    shape, level = WindowScale(8)(days)
    h = keras.layers.Conv1D(16, 7, activation="gelu")(shape)
    h = keras.layers.Flatten()(h)
    h = keras.layers.Concatenate()([h, level])
    h = keras.layers.Dense(32, activation="gelu")(h)
    return keras.Model(days, keras.layers.Dense(2)(h))


x, y = stalls()
model = build()
model.compile(optimizer=keras.optimizers.Adam(3e-3, clipnorm=1.0), loss=gaussian_nll)
model.fit(x, y, batch_size=32, epochs=25, validation_split=0.15, verbose=2)
