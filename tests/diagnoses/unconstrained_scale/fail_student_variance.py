"""Student-t likelihood for returns; the second output is meant to be the variance."""
import math
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(73)
rng = np.random.default_rng(73)
returns = (rng.standard_t(4, 420) * 0.8).astype("float32")
lags = np.stack([returns[i:i - 12] for i in range(12)], 1)
nxt = returns[12:, None]


class StudentNLL(keras.losses.Loss):
    def __init__(self, nu=4.0):
        super().__init__()
        self.nu = nu
        self.const = math.lgamma((nu + 1) / 2) - math.lgamma(nu / 2) - 0.5 * math.log(math.pi * nu)

    def call(self, y, pred):
        loc, var = tf.split(pred, 2, axis=-1)
        scale = tf.sqrt(var)  # whynan: unconstrained_scale phase=loss also=sqrt_of_negative,wrong_loss_for_activation
        t = (y - loc) / scale
        return tf.math.log(scale) + (self.nu + 1) / 2 * tf.math.log1p(t * t / self.nu) - self.const


vol = keras.Sequential([keras.Input((12,)), layers.Reshape((12, 1)), layers.GRU(8), layers.Dense(2)])
vol.compile("adam", StudentNLL())
print(vol.fit(lags, nxt, epochs=2, batch_size=51, verbose=0).history)
