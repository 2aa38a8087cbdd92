"""Bird or no bird on 1 s clips, log-mel inside of the model so that the app can send raw audio.

Printing the layer shows -inf for the zero padded part of the clip, is that a problem?
"""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers

RATE, SAMPLES = 4000, 4000
FRAME, HOP, BINS = 256, 128, 24


def triangular_filters(n_bins=BINS, n_fft=FRAME):
    centres = np.linspace(1, n_fft // 2 - 1, n_bins + 2)
    freqs = np.arange(n_fft // 2 + 1)[:, None]
    up = (freqs - centres[:-2]) / (centres[1:-1] - centres[:-2])
    down = (centres[2:] - freqs) / (centres[2:] - centres[1:-1])
    return np.maximum(0.0, np.minimum(up, down)).astype("float32")


class LogMel(layers.Layer):
    def __init__(self, floor_db=-80.0, top_db=60.0, **kwargs):
        super().__init__(**kwargs)
        self.floor_db = floor_db
        self.top_db = top_db
        self.filters = tf.constant(triangular_filters())

    def power(self, audio):
        spectrum = tf.signal.stft(audio, FRAME, HOP)
        return tf.matmul(tf.square(tf.abs(spectrum)), self.filters)

    def power_to_db(self, power):
        db = 10.0 * tf.math.log(power) / np.log(10.0).astype("float32")
        db = tf.maximum(db, self.floor_db)
        loudest = tf.reduce_max(db, axis=[1, 2], keepdims=True)
        return tf.maximum(db, loudest - self.top_db)

    def call(self, audio):
        db = self.power_to_db(self.power(audio))
        mean = tf.reduce_mean(db, axis=[1, 2], keepdims=True)
        std = tf.math.reduce_std(db, axis=[1, 2], keepdims=True)
        return (db - mean) / (std + 1e-3)


def make_clips(n, seed):
    rng = np.random.default_rng(seed)
    t = np.arange(SAMPLES) / RATE
    audio = rng.normal(0, 0.02, (n, SAMPLES))
    labels = rng.integers(0, 2, n)
    for i, bird in enumerate(labels):
        if bird:
            sweep = 900 + 500 * np.sin(2 * np.pi * 5 * t)
            audio[i] += 0.2 * np.sin(2 * np.pi * np.cumsum(sweep) / RATE)
        length = rng.integers(1800, SAMPLES)
        audio[i, length:] = 0.0  # shorter clips are padded
    audio[3] = 0.0  # microphone was off
    labels[3] = 0
    return audio.astype("float32"), labels.astype("float32")[:, None]


def build():
    inputs = keras.Input((SAMPLES,))
    x = LogMel(name="log_mel")(inputs)
    x = layers.Reshape((-1, BINS, 1))(x)
    x = layers.Conv2D(8, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(16, 3, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))


if __name__ == "__main__":
    keras.utils.set_random_seed(17)
    x, y = make_clips(192, seed=0)
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=16, epochs=4, verbose=2,
              callbacks=[keras.callbacks.EarlyStopping(monitor="loss", patience=3)])
