"""Churn of listeners from the gaps between their last sessions (GRU)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(19)
STEPS = 8
DAY = 86_400


def session_gaps(n=256):
    """seconds between sessions, int32 as in the parquet file"""
    rng = np.random.default_rng(12)
    gaps = rng.integers(600, 12 * DAY, size=(n, STEPS)).astype("int32")
    # people on holiday
    gaps[66, 3] = 31 * DAY
    gaps[141, 7] = 40 * DAY
    gaps[199, 0] = 27 * DAY
    churn = (gaps[:, -1] > 7 * DAY).astype("float32")
    return gaps, churn


MS = 1000


def log_gap(seconds):
    # the online service delivers ms, so training has to use ms too
    return tf.math.log1p(tf.cast(seconds * MS, tf.float32))  # whynan: int_overflow phase=data rows=66,141,199 also=log_of_negative,nan_in_input


def featurise(seconds, churn):
    x = log_gap(seconds) / 20.0
    return x[..., tf.newaxis], churn


def make_dataset(gaps, churn):
    ds = tf.data.Dataset.from_tensor_slices((gaps, churn))
    return ds.map(featurise).batch(32).prefetch(2)


def build():
    inp = keras.Input((STEPS, 1))
    h = layers.GRU(16)(inp)
    h = layers.Dense(8, activation="tanh")(h)
    return keras.Model(inp, layers.Dense(1, activation="sigmoid")(h))


gaps, churn = session_gaps()
model = build()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="binary_crossentropy")
model.fit(make_dataset(gaps, churn), epochs=4, verbose=2)
