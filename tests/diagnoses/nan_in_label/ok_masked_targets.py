# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(6)


class MaskedMSE(keras.losses.Loss):
    def call(self, y_true, y_pred):
        known = tf.logical_not(tf.math.is_nan(y_true))
        y_true = tf.where(known, y_true, tf.zeros_like(y_true))
        squared = tf.square(y_true - y_pred) * tf.cast(known, y_pred.dtype)
        return tf.reduce_sum(squared, -1) / tf.maximum(tf.reduce_sum(tf.cast(known, y_pred.dtype), -1), 1.0)


rng = np.random.default_rng(6)
x = rng.normal(size=(256, 5)).astype("float32")
y = (x @ rng.normal(size=(5, 3))).astype("float32")
y[rng.random(y.shape) < 0.3] = np.nan
y[10] = np.nan

model = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(3)])
model.compile("adam", MaskedMSE())
model.fit(x, y, epochs=5, batch_size=32, verbose=2)
