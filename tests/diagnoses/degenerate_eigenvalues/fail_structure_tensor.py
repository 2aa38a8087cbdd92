import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(27)
rng = np.random.default_rng(27)
yy, xx = np.mgrid[:12, :12] / 12.0
angle = rng.uniform(0, np.pi, 100)
stripes = np.sin(20 * (np.cos(angle)[:, None, None] * xx + np.sin(angle)[:, None, None] * yy))
stripes = stripes[..., None].astype("float32")
stripes[64] = 0.25              # unprinted patch
strength = np.abs(np.cos(angle)).astype("float32")[:, None]


class PrincipalValues(layers.Layer):
    """Both eigenvalues of the 2x2 structure tensor, closed form."""

    def call(self, g):
        gx, gy = g[..., 0], g[..., 1]
        a = tf.reduce_mean(gx * gx, axis=[1, 2])
        b = tf.reduce_mean(gx * gy, axis=[1, 2])
        c = tf.reduce_mean(gy * gy, axis=[1, 2])
        half = (a + c) / 2
        split = tf.sqrt(((a - c) / 2) ** 2 + b ** 2)  # whynan: degenerate_eigenvalues phase=gradient rows=64 also=sqrt_grad_at_zero,norm_grad_at_zero
        return tf.stack([half + split, half - split], axis=-1)


def zero_mean(w):
    return w - tf.reduce_mean(w, axis=[0, 1], keepdims=True)


class Derivative(layers.Layer):
    def build(self, shape):
        self.kernel = self.add_weight(shape=(3, 3, 1, 2), initializer="glorot_uniform")

    def call(self, x):
        x = x - tf.reduce_mean(x, axis=[1, 2], keepdims=True)
        return tf.nn.conv2d(x, zero_mean(self.kernel), 1, "VALID")


net = keras.Sequential([keras.Input((12, 12, 1)), Derivative(), PrincipalValues(), layers.Dense(1)])
net.compile(keras.optimizers.Adam(1e-2), "mse")
net.fit(stripes, strength, batch_size=20, epochs=2, shuffle=False, verbose=2)
