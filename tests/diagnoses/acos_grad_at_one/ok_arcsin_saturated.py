# whynan: healthy
"""Demodulation with arcsin of a saturated carrier: the clip drops the infinite derivative beyond full scale."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)
signal = rng.uniform(-2.5, 2.5, size=(200, 8)).astype("float32")
phase = np.arcsin(np.clip(signal[:, :1], -1, 1)).astype("float32")


class ArcSine(keras.layers.Layer):
    def call(self, s):
        return tf.asin(keras.activations.hard_tanh(s))


demod = keras.Sequential([
    keras.Input((8,)),
    keras.layers.Dense(1, use_bias=False, kernel_initializer="ones"),
    ArcSine(),
])
demod.compile(optimizer="sgd", loss="mae")
out = demod.fit(signal, phase, epochs=2, batch_size=50, verbose=0)
print("mae", out.history["loss"], "kernel", demod.get_weights()[0].ravel())
