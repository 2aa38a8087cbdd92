"""Bearing faults of ventilation fans from short clips.

The decibel features were ported from our numpy prototype, with the same floor, and there they were always finite.
In the network the loss is nan from somewhere in the first epoch.
"""
import functools
import os

import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(23)
ENERGY_FLOOR = float(os.environ.get("FAN_ENERGY_FLOOR", "1e-50"))


def in_decibels(function):
    """The wrapped function gives an energy, the caller gets decibels."""

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        energy = function(*args, **kwargs)
        return 10.0 * ops.log10(ops.maximum(energy, ENERGY_FLOOR))  # whynan: log_of_zero phase=forward also=clip_misuse rows=57,211

    return wrapped


@in_decibels
def band_levels(power, bands):
    return ops.matmul(power, bands)


@in_decibels
def loudness(power):
    return ops.mean(power, axis=-1, keepdims=True)


def triangular_bands(n_bins=129, n_bands=16):
    edges = np.linspace(0, n_bins - 1, n_bands + 2)
    bins = np.arange(n_bins)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(np.minimum(rising, falling), 0.0).astype("float32")


class FanFeatures(layers.Layer):
    def __init__(self, frame=256, hop=128, **kwargs):
        super().__init__(**kwargs)
        self.frame, self.hop = frame, hop
        self.window = np.hanning(frame).astype("float32")
        self.bands = triangular_bands(frame // 2 + 1)

    def call(self, clips):
        frames = ops.extract_sequences(clips, self.frame, self.hop) * self.window
        spectrum = tf.signal.rfft(frames)
        power = tf.math.real(spectrum) ** 2 + tf.math.imag(spectrum) ** 2
        levels = ops.concatenate([band_levels(power, self.bands), loudness(power)], axis=-1)
        centred = levels - ops.mean(levels, axis=1, keepdims=True)
        return centred / (ops.std(levels, axis=1, keepdims=True) + 1e-3)


def recordings(n=320, length=2048):
    rng = np.random.default_rng(3)
    faulty = rng.integers(0, 2, n)
    t = np.arange(length) / 16000.0
    hum = 0.3 * np.sin(2 * np.pi * rng.uniform(90, 130, (n, 1)) * t)
    knock = (np.sin(2 * np.pi * 38 * t + rng.uniform(0, 6, (n, 1))) > 0.95) * rng.normal(0, 0.5, (n, length))
    clips = hum + 0.05 * rng.normal(size=(n, length)) + faulty[:, None] * knock
    for clip in (57, 211):  # radio link lost for some milliseconds
        clips[clip, 600:1300] = 0.0
    return clips.astype("float32"), faulty.astype("float32")


clips, faulty = recordings()

model = keras.Sequential([
    keras.Input((2048,)),
    FanFeatures(),
    layers.Conv1D(24, 3, activation="tanh"),
    layers.GlobalAveragePooling1D(),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(clips, faulty[:, None], batch_size=16, epochs=4, verbose=2)
