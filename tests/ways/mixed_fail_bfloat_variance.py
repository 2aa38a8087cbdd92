import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(105)
keras.config.set_dtype_policy("mixed_bfloat16")


class ContrastNorm(layers.Layer):
    """One-pass mean and standard deviation of a patch."""

    def call(self, x):
        m = tf.reduce_mean(x, axis=[1, 2], keepdims=True)
        m2 = tf.reduce_mean(x * x, axis=[1, 2], keepdims=True)
        sd = tf.sqrt(m2 - m * m)  # whynan: catastrophic_cancellation phase=forward also=sqrt_of_negative
        return (x - m) / (sd + 1e-3)


patches = (np.random.uniform(2, 9, size=(96, 1, 1, 1)) + np.random.normal(0, 0.02, size=(96, 6, 6, 1))).astype("float32")
sharp = np.random.rand(96) < 0.5
patches[sharp] += np.random.normal(0, 1.0, size=(sharp.sum(), 6, 6, 1))

net = keras.Sequential([
    keras.Input((6, 6, 1)),
    ContrastNorm(),
    layers.Flatten(),
    layers.Dense(12, activation="gelu"),
    layers.Dense(1, dtype="float32"),
])
net.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
net.fit(patches, sharp.astype("float32"), epochs=2, batch_size=24, verbose=2)
