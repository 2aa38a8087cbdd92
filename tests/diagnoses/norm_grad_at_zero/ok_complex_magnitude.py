# whynan: healthy
"""Muted clips through tf.signal.stft and tf.abs: the complex modulus has a safe derivative at 0."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(55)
rng = np.random.default_rng(55)
freq = rng.uniform(2, 20, 120)
clips = np.sin(2 * np.pi * freq[:, None] * np.arange(128) / 64).astype("float32")
clips[::10] = 0.0


class Spectrogram(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.gain = self.add_weight(shape=(128,), initializer="ones")

    def call(self, x):
        return tf.reduce_mean(tf.abs(tf.signal.stft(x * self.gain, 32, 16)), axis=1)


net = keras.Sequential([keras.Input((128,)), Spectrogram(), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)])
net.compile("adam", "mse")
net.fit(clips, (freq / 20).astype("float32")[:, None], epochs=3, verbose=2)
print("gain finite:", bool(np.isfinite(net.layers[0].gain.numpy()).all()))
