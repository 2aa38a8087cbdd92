# whynan: healthy
"""Angles of silent frames of the data: no derivative is taken of them."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)
t = np.arange(256) / 256
freq = rng.uniform(5, 40, (96, 1))
wave = np.sin(2 * np.pi * freq * t).astype("float32")
wave[:, 160:] = 0.0


class PhaseFeatures(keras.layers.Layer):
    def call(self, x):
        spec = tf.signal.stft(x, frame_length=64, frame_step=32)
        feats = tf.concat([tf.abs(spec), tf.math.angle(spec)], axis=-1)
        return tf.reduce_mean(feats, axis=1)


net = keras.Sequential([keras.Input((256,)), PhaseFeatures(), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
net.compile("adam", "mse")
net.fit(wave, (freq / 40).astype("float32"), epochs=3, batch_size=24, verbose=2)
