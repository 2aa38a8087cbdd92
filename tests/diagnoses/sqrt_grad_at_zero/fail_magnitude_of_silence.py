"""Learned filter bank on audio frames (like a trainable STFT), magnitude in decibel-free form."""
import numpy as np
import tensorflow as tf
import keras

tf.keras.utils.set_random_seed(55)
rng = np.random.default_rng(55)
t = np.arange(64) / 64
freq = rng.uniform(2, 20, 200)
clips = np.sin(2 * np.pi * freq[:, None] * t).astype("float32")
clips[113] = 0.0        # muted clip


class FilterBank(keras.layers.Layer):
    def __init__(self, bands):
        super().__init__()
        self.real = keras.layers.Dense(bands, use_bias=False)
        self.imag = keras.layers.Dense(bands, use_bias=False)

    def call(self, frame):
        re, im = self.real(frame), self.imag(frame)
        return tf.sqrt(re ** 2 + im ** 2)  # whynan: sqrt_grad_at_zero phase=gradient rows=113 also=norm_grad_at_zero


pitch = keras.Sequential([
    keras.Input((64,)),
    FilterBank(12),
    keras.layers.Dense(1),
])
pitch.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
pitch.fit(clips, freq.astype("float32") / 20, batch_size=20, epochs=2, verbose=2, shuffle=False)
