"""ICU vital signs -> sepsis. 75 % of the table is NaN (not measured in that hour). Filled in the tf.data pipeline:
last observation carried forward, training mean before the first one, plus mask and hours-since (GRU-D)."""
# whynan: healthy
import warnings

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(88)
HOURS, SIGNALS = 20, 5
NAMES = ["heart_rate", "temperature", "lactate", "map", "procalcitonin"]


def admissions(n, seed):
    rng = np.random.default_rng(seed)
    sick = rng.random(n) < 0.4
    level = rng.normal(size=(n, 1, SIGNALS)) * 0.4
    trend = np.linspace(0, 1.5, HOURS)[None, :, None] * sick[:, None, None] * np.array([1, 0.6, 1, -0.7, 1])
    x = level + trend + 0.3 * rng.normal(size=(n, HOURS, SIGNALS))
    x[rng.random(x.shape) < 0.75] = np.nan
    x[rng.random(n) < 0.5, :, 4] = np.nan  # procalcitonin is often never ordered
    return x.astype("float32"), sick.astype("float32")[:, None]


x, y = admissions(600, 88)
with warnings.catch_warnings():
    warnings.simplefilter("ignore", RuntimeWarning)
    per_patient = np.nanmean(x, axis=1)  # NaN for signals that were never measured (just for the printout)
means = np.nanmean(x, axis=(0, 1)).astype("float32")
for name, m, missing in zip(NAMES, means, np.isnan(per_patient).mean(0)):
    print(f"{name:15s} mean {m:+.2f}   never measured {missing:.0%}")


def carry_forward(stay, label):
    observed = tf.logical_not(tf.math.is_nan(stay))
    last = tf.scan(lambda prev, now: tf.where(tf.math.is_nan(now), prev, now), stay, initializer=tf.constant(means))
    hours = tf.scan(lambda d, seen: tf.where(seen, tf.zeros_like(d), d + 1.0), observed,
                    initializer=tf.zeros(SIGNALS))
    return {"value": last, "mask": tf.cast(observed, tf.float32), "hours": hours / HOURS}, label


class Decay(keras.layers.Layer):
    """value -> gamma * value + (1 - gamma) * mean, gamma = exp(-relu(w * hours + b))"""

    def build(self, shape):
        self.w = self.add_weight(shape=(SIGNALS,), initializer=keras.initializers.Constant(0.5), name="w")
        self.b = self.add_weight(shape=(SIGNALS,), initializer="zeros", name="b")

    def call(self, value, hours):
        gamma = tf.exp(-tf.nn.relu(self.w * hours + self.b))
        return gamma * value + (1.0 - gamma) * means

    def compute_output_shape(self, value_shape, hours_shape=None):
        return value_shape


value = keras.Input((HOURS, SIGNALS), name="value")
mask = keras.Input((HOURS, SIGNALS), name="mask")
hours = keras.Input((HOURS, SIGNALS), name="hours")
h = keras.layers.Concatenate()([Decay()(value, hours), mask])
h = keras.layers.GRU(16)(h)
out = keras.layers.Dense(1, activation="sigmoid")(h)
model = keras.Model({"value": value, "mask": mask, "hours": hours}, out)
model.compile(keras.optimizers.Adam(5e-3), "binary_crossentropy", metrics=["AUC"])

ds = tf.data.Dataset.from_tensor_slices((x, y)).map(carry_forward).cache().shuffle(600, seed=2).batch(50)
model.fit(ds, epochs=6, verbose=2)
