"""Splitting rehearsal recordings into piano and voice, trained on scale-invariant SDR.

With plain MSE this network trains; as soon as I use SI-SDR the loss is fine for a few batches (around +20) and then nan
for good. Which batch it is changes with the seed, so I suspected the optimiser.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

RATE = 4000
SAMPLES = 512
RESTS = (41, 118)  # snippets in which the singer turns the page


def piano(rng):
    t = np.arange(SAMPLES) / RATE
    out = np.zeros(SAMPLES)
    for note in rng.choice([131.0, 165.0, 196.0, 262.0, 330.0], size=2, replace=False):
        start = rng.integers(0, SAMPLES // 3)
        decay = np.exp(-12.0 * np.maximum(t - t[start], 0.0)) * (np.arange(SAMPLES) >= start)
        out += decay * np.sin(2 * np.pi * note * t + rng.uniform(0, 6.28))
    return 0.4 * out


def voice(rng):
    t = np.arange(SAMPLES) / RATE
    pitch = rng.uniform(380.0, 700.0)
    vibrato = 0.6 * np.sin(2 * np.pi * 5.5 * t + rng.uniform(0, 6.28))
    return 0.5 * np.sin(2 * np.pi * pitch * t + vibrato) * np.hanning(SAMPLES) ** 0.3


def rehearsal(count, rng):
    stems = np.zeros((count, SAMPLES, 2), "float32")
    for i in range(count):
        stems[i, :, 0] = piano(rng)
        if i not in RESTS:
            stems[i, :, 1] = voice(rng)
    mixture = stems.sum(axis=-1, keepdims=True) + rng.normal(0, 0.01, (count, SAMPLES, 1))
    return mixture.astype("float32"), stems


class NegativeSiSdr(keras.losses.Loss):
    """Mean negative SI-SDR in dB over both stems."""

    def __init__(self, eps=1e-8, name="neg_si_sdr"):
        super().__init__(name=name)
        self.eps = eps

    def call(self, stems, estimate):
        stems = stems - tf.reduce_mean(stems, axis=1, keepdims=True)
        estimate = estimate - tf.reduce_mean(estimate, axis=1, keepdims=True)
        overlap = tf.reduce_sum(estimate * stems, axis=1, keepdims=True)
        energy = tf.reduce_sum(tf.square(stems), axis=1, keepdims=True)
        target = overlap / energy * stems  # whynan: divide_by_zero phase=loss rows=41,118
        residual = estimate - target
        ratio = (tf.reduce_sum(tf.square(target), axis=1) + self.eps) / (
            tf.reduce_sum(tf.square(residual), axis=1) + self.eps)
        decibel = 10.0 * tf.math.log(ratio) / tf.math.log(10.0)
        return -tf.reduce_mean(decibel, axis=-1)


def separator(width=24):
    wave = keras.Input((SAMPLES, 1))
    h = layers.Conv1D(width, 16, strides=8, padding="same", activation="relu")(wave)
    skip = h
    for dilation in (1, 2, 4):
        h = layers.Conv1D(width, 3, padding="same", dilation_rate=dilation, activation="tanh")(h)
    h = layers.Concatenate()([h, skip])
    stems = layers.Conv1DTranspose(2, 16, strides=8, padding="same")(h)
    return keras.Model(wave, stems)


keras.utils.set_random_seed(5)
mixture, stems = rehearsal(160, np.random.default_rng(5))
model = separator()
model.compile(optimizer=keras.optimizers.Adam(2e-3, clipnorm=5.0), loss=NegativeSiSdr())
history = model.fit(mixture, stems, batch_size=8, epochs=5, verbose=2)
print("SI-SDR after training:", -history.history["loss"][-1], "dB")
