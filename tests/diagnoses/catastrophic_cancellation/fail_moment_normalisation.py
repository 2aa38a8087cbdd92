"""Feature normalisation with running moments, for a log of GPS timestamps and speeds."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(29)
rng = np.random.default_rng(29)
seconds = 86_400.0 + np.arange(320) * 0.02
speed = rng.gamma(3, 4, 320)
alt = 440 + rng.normal(0, 3, 320)
X = np.stack([seconds, speed, alt], 1).astype("float32")
y = (speed / 20).astype("float32")[:, None]


class MomentNorm(keras.layers.Layer):
    def call(self, x):
        mean = tf.reduce_mean(x, axis=0)
        mean_sq = tf.reduce_mean(x * x, axis=0)
        std = tf.sqrt(mean_sq - mean * mean)  # whynan: catastrophic_cancellation phase=forward also=sqrt_of_negative
        return (x - mean) / (std + 1e-3)


net = keras.Sequential([
    keras.Input((3,)),
    MomentNorm(),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])
net.compile(optimizer="adam", loss="mse")
net.fit(X, y, batch_size=32, epochs=2, shuffle=False, verbose=2)
