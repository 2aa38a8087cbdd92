"""Surface moisture of the cathedral's gargoyles from four probes over a day; probes drop out a lot."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(1345)
rng = np.random.default_rng(1345)


def readings(n, steps=24):
    t = np.arange(steps)
    wet = rng.gamma(2.0, 1.0, (n, 1))
    temp = 11 + 5 * np.sin(2 * np.pi * (t - 8) / 24) + rng.normal(0, 1.5, (n, steps))
    rain = wet * (rng.random((n, steps)) < 0.15) * rng.gamma(1.5, 1.0, (n, steps))
    wind = rng.gamma(2, 2, (n, steps))
    sun = np.clip(np.sin(2 * np.pi * (t - 6) / 24), 0, None) * rng.uniform(0.2, 1, (n, 1)) + 0 * wind
    x = np.stack([temp, rain, wind, sun], axis=-1)
    y = 20 + 3.0 * rain.sum(1) - 6 * sun.mean(1) - 0.3 * wind.mean(1) + rng.normal(0, 1.0, n)
    # dropouts: single values, and now and then a probe for the whole day
    x[rng.random(x.shape) < 0.05] = np.nan
    for i in np.flatnonzero(rng.random(n) < 0.04):
        x[i, :, rng.integers(0, 4)] = np.nan
    y[rng.random(n) < 0.1] = np.nan
    return x.astype("float32"), y.astype("float32")[:, None]


class FillGaps(layers.Layer):
    """A learned stand-in for each probe, plus a flag that says it was used."""

    def build(self, shape):
        self.stand_in = self.add_weight(shape=(shape[-1],), initializer="zeros", name="stand_in")

    def call(self, x):
        gap = ops.isnan(x)
        filled = ops.where(gap, self.stand_in, x)
        return ops.concatenate([filled, ops.cast(gap, "float32")], axis=-1)

    def compute_output_shape(self, shape):
        return (*shape[:-1], 2 * shape[-1])


def known_only(y_true, y_pred):
    known = tf.math.is_finite(y_true)
    target = tf.where(known, y_true, tf.zeros_like(y_true))
    w = tf.cast(known, tf.float32)
    return tf.reduce_sum(w * tf.abs(target - y_pred)) / tf.maximum(tf.reduce_sum(w), 1.0)


x, y = readings(900)
x_tr, y_tr, x_va, y_va = x[:720], y[:720], x[720:], y[720:]
mean = np.nanmean(x_tr, axis=(0, 1))
std = np.nanstd(x_tr, axis=(0, 1))
x_tr, x_va = (x_tr - mean) / std, (x_va - mean) / std
y_mean, y_std = np.nanmean(y_tr), np.nanstd(y_tr)
y_tr, y_va = (y_tr - y_mean) / y_std, (y_va - y_mean) / y_std
print("share of missing values", np.isnan(x_tr).mean(), "missing answers", np.isnan(y_tr).mean())

model = keras.Sequential([
    layers.Input(x_tr.shape[1:]),
    FillGaps(),
    layers.GRU(16),
    layers.Dense(16, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(4e-3), loss=known_only)
h = model.fit(x_tr, y_tr, validation_data=(x_va, y_va), epochs=6, batch_size=48, verbose=2)  # whynan: healthy
print("val error", h.history["val_loss"][-1] * y_std)
