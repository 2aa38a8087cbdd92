"""Pretraining on force curves from a rowing ergometer: a stretch of six samples is hidden, the network fills it in.

Hidden samples are marked with nan by the input pipeline, the same as drop-outs of the sensor. A colleague saw a
quarter of every batch being nan and wants me to stop the run. The loss I see is small from the first epoch on.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(12)

SAMPLES = 24
HIDDEN = 6


def strokes(n=512, seed=5):
    rng = np.random.default_rng(seed)
    t = np.linspace(0.03, 0.97, SAMPLES)[None, :]
    rise = rng.uniform(0.8, 2.2, (n, 1))
    fall = rng.uniform(0.8, 2.2, (n, 1))
    shape = t ** rise * (1.0 - t) ** fall
    curve = shape / shape.max(axis=1, keepdims=True) * rng.uniform(0.6, 1.5, (n, 1))
    return (curve + rng.normal(0.0, 0.015, curve.shape)).astype("float32")


def hide_stretch(curve):
    start = tf.random.uniform([], 0, SAMPLES - HIDDEN + 1, dtype=tf.int32, seed=3)
    position = tf.range(SAMPLES)
    hidden = (position >= start) & (position < start + HIDDEN)
    shown = tf.where(hidden, np.nan, curve)
    return shown, curve[:, None], tf.cast(hidden, tf.float32)


class FillIn(keras.layers.Layer):
    """Puts a learned value where a sample is missing and tells the network which ones were."""

    def build(self, input_shape):
        self.stand_in = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="stand_in")

    def call(self, curve):
        missing = tf.math.is_nan(curve)
        complete = tf.where(missing, tf.convert_to_tensor(self.stand_in), curve)
        return tf.concat([complete, tf.cast(missing, curve.dtype)], axis=-1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], 2 * input_shape[-1])


def make_network():
    return keras.Sequential([
        keras.Input((SAMPLES,)),
        FillIn(),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(SAMPLES),
        keras.layers.Reshape((SAMPLES, 1)),
    ])


batches = (
    tf.data.Dataset.from_tensor_slices(strokes())
    .shuffle(512, seed=2)
    .map(hide_stretch)
    .batch(32)
    .prefetch(1)
)

for shown, _, _ in batches.take(1):
    print("share of missing samples in the first batch:", float(tf.reduce_mean(tf.cast(tf.math.is_nan(shown), tf.float32))))

network = make_network()
network.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
history = network.fit(batches, epochs=22, verbose=2)
print("first", history.history["loss"][0], "last", history.history["loss"][-1])
