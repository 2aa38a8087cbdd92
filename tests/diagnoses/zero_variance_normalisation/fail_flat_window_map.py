"""Anomaly detection on power readings, each window is z-scored in the input pipeline."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(43)
rng = np.random.default_rng(43)
power = np.abs(rng.normal(3, 1, 1600)).astype("float32")
power[700:760] = 0.0                      # blackout
windows = power.reshape(-1, 20)


def zscore(w):
    mean = tf.reduce_mean(w)
    std = tf.math.reduce_std(w)
    z = (w - mean) / std  # whynan: zero_variance_normalisation phase=data also=nan_in_input,nan_in_label,divide_by_zero rows=35,36,37
    return z, z


ds = tf.data.Dataset.from_tensor_slices(windows).map(zscore).batch(16)

autoencoder = keras.Sequential([
    keras.Input((20,)),
    keras.layers.Dense(8, activation="elu"),
    keras.layers.Dense(20),
])
autoencoder.compile(optimizer=keras.optimizers.Nadam(1e-3), loss="mae")
autoencoder.fit(ds, epochs=2, verbose=2)
