"""Which household taps will exceed the lead limit?  Lab sheets with many gaps.

Every laboratory measures another subset of the parameters; one column of the
form (turbidity_lab) has never been filled in by anybody this year.
"""
import warnings

import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(404)
COLS = ["ph", "hardness", "chloride", "sulphate", "iron", "copper", "zinc",
        "conductivity", "temperature", "pipe_age", "stagnation_h", "turbidity_lab"]


def lab_sheets(n=1500):
    rng = np.random.default_rng(404)
    z = rng.normal(size=(n, len(COLS)))
    z[:, 7] = 0.7 * z[:, 1] + 0.5 * z[:, 2] + 0.3 * z[:, 7]
    danger = -1.1 * z[:, 0] + 1.4 * z[:, 9] + 0.9 * z[:, 10] + 0.4 * z[:, 4]
    above = (danger + rng.normal(0, 0.5, n) > 0.6).astype("float32")
    scale = np.array([0.4, 60, 25, 30, 0.05, 0.2, 0.3, 180, 4, 22, 5, 1])
    centre = np.array([7.4, 180, 40, 55, 0.1, 0.4, 0.5, 520, 12, 40, 9, 1])
    sheet = pd.DataFrame(z * scale + centre, columns=COLS)
    sheet = sheet.mask(rng.random(sheet.shape) < 0.3)
    sheet["turbidity_lab"] = np.nan
    sheet.iloc[rng.choice(n, 12, replace=False)] = np.nan
    return sheet, above


def column_statistics(values):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        mean, sd = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    mean = np.nan_to_num(mean, nan=0.0)
    sd = np.where(np.isfinite(sd) & (sd > 0), sd, 1.0)
    return mean.astype("float32"), sd.astype("float32")


class FillGaps(keras.layers.Layer):
    """Standardise, put a learned number in each gap and tell the net about it."""

    def __init__(self, mean, sd, **kw):
        super().__init__(**kw)
        self.mean, self.sd = mean, sd

    def build(self, input_shape):
        self.fill = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="fill")
        self.gain = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="gain")

    def call(self, raw):
        z = (raw - self.mean) / self.sd
        known = tf.math.is_finite(z)
        z = tf.where(known, z, tf.zeros_like(z))
        count = tf.cast(known, tf.float32)
        filled = tf.where(known, z * self.gain, tf.broadcast_to(self.fill, tf.shape(z)))
        typical = tf.math.divide_no_nan(tf.reduce_sum(tf.abs(z) * count, axis=1, keepdims=True),
                                        tf.reduce_sum(count, axis=1, keepdims=True))
        return tf.concat([filled, count, typical], axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], 2 * input_shape[-1] + 1)


def build(mean, sd):
    sheet = keras.Input((len(COLS),))
    h = FillGaps(mean, sd)(sheet)
    h = keras.layers.Dense(32, activation="relu")(h)
    h = keras.layers.Dropout(0.1)(h)
    h = keras.layers.Dense(16, activation="relu")(h)
    p = keras.layers.Dense(1, activation="sigmoid")(h)
    model = keras.Model(sheet, p)
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="binary_crossentropy",
                  metrics=["accuracy"])
    return model


if __name__ == "__main__":
    sheet, above = lab_sheets()
    print(sheet.isna().mean().round(2).to_string())
    x = sheet.to_numpy("float32")
    mean, sd = column_statistics(x[:1200])
    model = build(mean, sd)
    model.fit(x[:1200], above[:1200], validation_data=(x[1200:], above[1200:]),  # whynan: healthy
              batch_size=32, epochs=10, verbose=2)
    blank = np.full((1, len(COLS)), np.nan, "float32")
    print("an empty form:", float(model.predict(blank, verbose=0)[0, 0]))
