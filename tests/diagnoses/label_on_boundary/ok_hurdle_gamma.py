# whynan: healthy
"""Rain fall: many exact zeros, the amounts follow a gamma distribution."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(69)
rng = np.random.default_rng(69)
x = rng.normal(size=(256, 4)).astype("float32")
wet = rng.random((256, 1)) < 1 / (1 + np.exp(-x[:, :1]))
rain = np.where(wet, rng.gamma(2.0, np.exp(0.3 * x[:, 1:2])), 0.0).astype("float32")


class HurdleGamma(keras.losses.Loss):
    def call(self, y, out):
        logit, raw_shape, log_scale = tf.split(out, 3, axis=-1)
        positive = y > 0
        amount = tf.where(positive, y, tf.ones_like(y))
        shape = tf.nn.softplus(raw_shape) + 0.05
        gamma = (shape - 1.0) * tf.math.log(amount) - amount * tf.exp(-log_scale) - tf.math.lgamma(shape) - shape * log_scale
        occurrence = tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(positive, y.dtype), logit)
        return occurrence - tf.where(positive, gamma, tf.zeros_like(gamma))


model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(24, activation="relu"), keras.layers.Dense(3)])
model.compile("adam", HurdleGamma())
model.fit(x, rain, epochs=5, batch_size=32, verbose=2)
