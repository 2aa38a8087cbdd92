"""Denoiser for photon counts, variance stabilised after background subtraction."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)
clean = rng.uniform(8, 40, size=(192, 1)).astype("float32") * np.ones((1, 24), "float32")
background = 5.0
counts = rng.poisson(clean + background).astype("float32") - background
counts = np.maximum(counts, 0.5)
counts[70, 3] = -2.0
counts[90, 11] = -4.0


class Anscombe(keras.layers.Layer):
    def call(self, x):
        return 2.0 * tf.sqrt(x + 0.375)  # whynan: sqrt_of_negative phase=forward rows=70,90


denoiser = keras.Sequential([
    keras.Input((24,)),
    Anscombe(),
    keras.layers.Dense(32, activation="swish"),
    keras.layers.Dense(24),
])
denoiser.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mae")
denoiser.fit(counts, clean / 40, epochs=2, batch_size=48, shuffle=False, verbose=2)
