"""Shallow / normal breathing from a chest belt (500 Hz, one minute). I keep only the breathing band and every 50th
sample, then a 1-D CNN.

nan from the first batch on. With the raw belt signal (no filter) it runs, but learns the movement artefacts. The filter
was order 2 in the old notebook and there it was ok too, the new one is just sharper. There is an epsilon in the std.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from scipy.signal import butter, lfilter

keras.utils.set_random_seed(18)

FS = 500
SECONDS = 60
BAND = (0.1, 0.5)  # Hz, 6 to 30 breaths per minute


def belt(people=80):
    rng = np.random.default_rng(2)
    t = np.arange(FS * SECONDS) / FS
    shallow = rng.integers(0, 2, people)
    signals = np.empty((people, len(t)), dtype="float32")
    for i in range(people):
        rate = rng.uniform(0.18, 0.38)
        depth = 0.35 if shallow[i] else 1.0
        breath = depth * np.sin(2 * np.pi * rate * t + rng.uniform(0, 6.28) + 0.3 * np.sin(2 * np.pi * 0.03 * t))
        heart = 0.1 * np.sin(2 * np.pi * rng.uniform(0.9, 1.5) * t)
        drift = np.cumsum(rng.normal(0, 0.002, len(t)))
        signals[i] = 2.0 + breath + heart + drift + 0.05 * rng.normal(size=len(t))
    return signals, shallow.astype("float32")


def breathing_band(signal, order=6):
    b, a = butter(order, BAND, btype="bandpass", fs=FS)
    return lfilter(b, a, signal)  # whynan: nan_in_input phase=data also=inf_in_input,unstable_filter


class BeltRecordings:
    def __init__(self, signals, labels):
        self.signals, self.labels = signals, labels

    def __call__(self):
        for signal, label in zip(self.signals, self.labels):
            slow = breathing_band(signal - signal.mean())[::50]
            power = np.sqrt(np.mean(slow**2))
            shape = (slow - slow.mean()) / (slow.std() + 1e-6)
            yield np.column_stack([shape, np.full_like(shape, power)]).astype("float32"), [label]


def pipeline(signals, labels, batch_size=8):
    ds = tf.data.Dataset.from_generator(
        BeltRecordings(signals, labels),
        output_signature=(
            tf.TensorSpec((FS * SECONDS // 50, 2), tf.float32),
            tf.TensorSpec((1,), tf.float32),
        ),
    )
    return ds.cache().shuffle(len(signals), seed=0).batch(batch_size)


def build():
    inputs = layers.Input((FS * SECONDS // 50, 2))
    x = inputs
    for filters in (8, 16):
        x = layers.Conv1D(filters, 9, strides=3, activation="elu")(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(8, activation="elu")(x)
    return keras.Model(inputs, layers.Dense(1)(x))


if __name__ == "__main__":
    signals, labels = belt()
    print("raw signal:", signals.shape, signals.min(), signals.max())
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(pipeline(signals, labels), epochs=4, verbose=2)
