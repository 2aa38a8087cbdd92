# whynan: healthy
"""Two targets, one of them only known for a part of the rows (NaN where it is not)."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(61)
n = 256
size = np.random.uniform(18, 120, n)
floor = np.random.randint(0, 8, n)
rent = 9.5 * size + 12 * floor + np.random.normal(0, 60, n)
rent[np.random.rand(n) < 0.2] = np.nan
furnished = (np.random.rand(n) < 0.3).astype("float32")

features = np.stack([size / 100, floor / 10], axis=1).astype("float32")
log_rent = np.log(rent).astype("float32")


def known_mse(y_true, y_pred):
    known = tf.math.is_finite(y_true)
    y_true = tf.where(known, y_true, 0.0)
    err = tf.where(known, tf.square(y_true - y_pred), 0.0)
    return tf.reduce_sum(err) / tf.maximum(tf.reduce_sum(tf.cast(known, tf.float32)), 1.0)


inp = keras.Input((2,))
h = layers.Dense(16, activation="relu")(inp)
out_rent = layers.Dense(1, name="rent")(h)
out_furn = layers.Dense(1, activation="sigmoid", name="furnished")(h)

model = keras.Model(inp, {"rent": out_rent, "furnished": out_furn})
model.compile(optimizer="adam", loss={"rent": known_mse, "furnished": "binary_crossentropy"})
model.fit(features, {"rent": log_rent, "furnished": furnished}, epochs=3, verbose=2)
