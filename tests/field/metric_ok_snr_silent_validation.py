"""Denoiser with an SNR metric in dB. val_snr_db prints -inf but the training itself is fine?"""
# whynan: side_nonfinite
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(18)
FRAME = 64


def snr_db(y_true, y_pred):
    signal = tf.reduce_sum(tf.square(y_true), axis=[1, 2])
    noise = tf.reduce_sum(tf.square(y_true - y_pred), axis=[1, 2])
    return 10.0 * tf.math.log(signal / noise) / tf.math.log(10.0)


def tones(n, seed, silent=()):
    rng = np.random.default_rng(seed)
    t = np.arange(FRAME) / FRAME
    f = rng.uniform(2, 8, size=(n, 1))
    clean = np.sin(2 * np.pi * (f * t + rng.uniform(size=(n, 1))))
    clean[list(silent)] = 0.0
    noisy = clean + 0.3 * rng.normal(size=clean.shape)
    return noisy.astype("float32")[..., None], clean.astype("float32")[..., None]


def denoiser():
    inp = keras.Input((FRAME, 1))
    h = layers.Conv1D(12, 7, padding="same", activation="elu")(inp)
    h = layers.Conv1D(12, 7, padding="same", activation="elu")(h)
    return keras.Model(inp, layers.Conv1D(1, 7, padding="same")(h))


train = tones(256, seed=1)
val = tones(64, seed=2, silent=(3, 40))  # two pauses in the validation recording

net = denoiser()
net.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mae", metrics=[snr_db])
net.fit(*train, validation_data=val, batch_size=32, epochs=5, verbose=2)
