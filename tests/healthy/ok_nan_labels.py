# whynan: healthy
"""Multi-task toxicity table: most labels are missing (NaN)."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(5)


class MaskedBCE(keras.losses.Loss):
    def call(self, y_true, logits):
        known = tf.logical_not(tf.math.is_nan(y_true))
        filled = tf.where(known, y_true, tf.zeros_like(y_true))
        loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=filled, logits=logits)
        weight = tf.cast(known, loss.dtype)
        return tf.reduce_sum(loss * weight, axis=-1) / tf.maximum(tf.reduce_sum(weight, axis=-1), 1.0)


fp = np.random.binomial(1, 0.2, size=(256, 40)).astype("float32")
tox = (fp[:, :5] + fp[:, 5:10] > 0).astype("float32")
tox[np.random.rand(256, 5) < 0.6] = np.nan

model = keras.Sequential([keras.Input((40,)), layers.Dense(32, activation="relu"), layers.Dense(5)])
model.compile("adam", MaskedBCE())
model.fit(fp, tox, epochs=4, batch_size=32, verbose=2)
