"""Ratings matrix with gaps; only the known ratings count."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(76)
MISSING = float("nan")


class KnownOnly(keras.losses.Loss):
    def call(self, y_true, y_pred):
        known = tf.not_equal(y_true, MISSING)
        y_true = tf.where(known, y_true, 0.0)
        weight = tf.cast(known, tf.float32)
        return tf.reduce_sum(weight * tf.abs(y_true - y_pred), -1) / tf.reduce_sum(weight, -1)


rng = np.random.default_rng(76)
profile = rng.normal(size=(150, 6)).astype("float32")
ratings = 3 + (profile @ rng.normal(size=(6, 9))).clip(-2, 2)
gaps = rng.random(ratings.shape) < 0.4
ratings[gaps] = MISSING  # whynan: nan_mask_mismatch phase=data|loss also=nan_in_label

model = keras.Sequential([keras.layers.Dense(24, activation="gelu"), keras.layers.Dense(9)])
model.compile(keras.optimizers.Adam(0.01), KnownOnly())
model.fit(profile, ratings.astype("float32"), epochs=3, batch_size=25, verbose=2)
