"""Minutes until a tug has to alter course, from the ranges (nautical miles) to the vessels on its AIS screen.

At most ten vessels are kept, unused places of the list count as "far away". Ran for months on the office PC; since the
policy line at the top was added for the new card the loss is nan in every batch. Checked: each screen has a vessel.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(90)
keras.mixed_precision.set_global_policy("mixed_float16")
PLACES = 10
OVER_THE_HORIZON = 1e6


def screens(n=800, seed=21):
    rng = np.random.default_rng(seed)
    used = rng.integers(1, PLACES + 1, n)
    listed = np.arange(PLACES) < used[:, None]
    ranges = np.where(listed, np.sort(rng.uniform(0.2, 9.0, (n, PLACES)), axis=1), 0.0)
    own = rng.normal(size=(n, 3))
    nearest = np.where(listed, ranges, 99.0).min(axis=1)
    minutes = 1.5 * nearest + 0.6 * own[:, 0] + rng.normal(0, 0.3, n)
    return ranges.astype("float32"), listed, own.astype("float32"), minutes.astype("float32")


class Surroundings(layers.Layer):
    """Soft minimum of the ranges, sharpness is learned."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.share = layers.Softmax()

    def build(self, ranges_shape, listed_shape):
        self.sharpness = self.add_weight(shape=(), initializer="ones", name="sharpness")

    def call(self, ranges, listed):
        share = self.share(-self.sharpness * ranges, mask=listed)
        apart = share * tf.where(listed, ranges, tf.cast(OVER_THE_HORIZON, ranges.dtype))  # whynan: float16_constant_overflow phase=forward also=float16_overflow
        return tf.reduce_sum(apart, axis=-1, keepdims=True)


def build():
    ranges = keras.Input((PLACES,), name="ranges")
    listed = keras.Input((PLACES,), dtype="bool", name="listed")
    own = keras.Input((3,), name="own")
    h = layers.Concatenate()([Surroundings()(ranges, listed), own])
    h = layers.Dense(32, activation="tanh")(h)
    minutes = layers.Dense(1, dtype="float32")(h)
    return keras.Model({"ranges": ranges, "listed": listed, "own": own}, minutes)


ranges, listed, own, minutes = screens()
model = build()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
model.fit({"ranges": ranges, "listed": listed, "own": own}, minutes, batch_size=32, epochs=6, verbose=2)
