"""Hourly bicycle counter: sliding windows with tf.data, each window relative to its first value.

(From the bitcoin price tutorial: p_i / p_0 - 1. It trains nicely on prices, with the bicycle counts I get nan.)
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(55)
HISTORY = 24


def counter(days=60, seed=56):
    rng = np.random.default_rng(seed)
    hour = np.arange(days * 24) % 24
    day = np.arange(days * 24) // 24
    rush = 60 * np.exp(-0.5 * ((hour - 8) / 1.5) ** 2) + 50 * np.exp(-0.5 * ((hour - 17) / 2.0) ** 2)
    rate = 0.4 + rush * np.where(day % 7 < 5, 1.0, 0.4)
    return rng.poisson(rate).astype("float32")


class WindowPipeline:
    def __init__(self, history, shift=5, batch=32):
        self.length = history + 1
        self.shift = shift
        self.batch = batch

    def _windows(self, series):
        source = tf.data.Dataset.from_tensor_slices(series)
        nested = source.window(self.length, shift=self.shift, drop_remainder=True)
        return nested.flat_map(lambda part: part.batch(self.length, drop_remainder=True))

    @staticmethod
    def _relative(window):
        change = window / window[0] - 1.0  # whynan: divide_by_zero phase=data also=inf_in_input,nan_in_input
        return change

    @staticmethod
    def _split(window):
        return window[:-1, tf.newaxis], window[-1]

    def __call__(self, series):
        ds = self._windows(series).map(self._relative, num_parallel_calls=2).map(self._split)
        return ds.cache().shuffle(300, seed=3).batch(self.batch).prefetch(1)


def build(units):
    return keras.Sequential([
        keras.Input((HISTORY, 1)),
        keras.layers.Conv1D(8, 3, padding="causal", activation="tanh"),
        keras.layers.GRU(units),
        keras.layers.Dense(1),
    ])


series = counter()
train = series[: 45 * 24]
pipeline = WindowPipeline(HISTORY)
model = build(16)
model.compile(keras.optimizers.Adam(1e-3, clipnorm=1.0), loss=keras.losses.LogCosh())
model.fit(pipeline(train), epochs=3, verbose=2)
