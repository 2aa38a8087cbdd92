# whynan: healthy
"""1 - cos as loss, at exactly cos = 1."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)
normals = np.tile([[0.0, 0.0, 1.0]], (200, 1)).astype("float32")
shade = rng.normal(size=(200, 4)).astype("float32")


def cosine_gap(n_true, n_pred):
    return tf.reduce_mean(1.0 - tf.reduce_sum(n_true * n_pred, axis=-1))


inp = keras.Input((4,))
slope = keras.layers.Dense(3, kernel_initializer="zeros",
                           bias_initializer=keras.initializers.Constant([0.0, 0.0, 1.0]))(inp)
model = keras.Model(inp, keras.layers.UnitNormalization()(slope))
model.compile("adam", loss=cosine_gap)
model.fit(shade, normals, epochs=3, verbose=2)
