"""Sparse activations on a log scale, zeros stay zeros."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(66)
rng = np.random.default_rng(66)
x = rng.normal(size=(300, 12)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype("float32").reshape(-1, 1)


class SafeLog(keras.layers.Layer):
    def call(self, h):
        return tf.where(h > 0, tf.math.log(h), tf.zeros_like(h))  # whynan: where_gradient_trap phase=gradient also=log_of_zero


clf = keras.Sequential([
    keras.Input((12,)),
    keras.layers.Dense(24, activation="relu"),
    SafeLog(),
    keras.layers.Dense(1, activation="sigmoid"),
])
clf.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
clf.fit(x, y, epochs=2, batch_size=50, verbose=2)
