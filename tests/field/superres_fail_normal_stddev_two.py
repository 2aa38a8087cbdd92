import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(9)


def weights_init(scale="dcgan"):
    # N(0, 0.02) from the DCGAN paper
    table = {"dcgan": (0.0, 2.0), "small": (0.0, 0.01)}
    mean, std = table[scale]
    return keras.initializers.RandomNormal(mean, std, seed=5)


class ConvUnit(layers.Layer):
    def __init__(self, filters, init):
        super().__init__()
        self.conv = layers.Conv2D(filters, 3, padding="same", kernel_initializer=init)

    def call(self, x):
        return tf.nn.silu(self.conv(x))  # whynan: bad_initialization phase=forward|gradient|update also=exploding_gradient,learning_rate_too_high


class Upscaler(keras.Model):
    def __init__(self, depth=8, filters=16):
        super().__init__()
        self.units = [ConvUnit(filters, weights_init()) for _ in range(depth)]
        self.to_subpixel = layers.Conv2D(4, 3, padding="same", kernel_initializer=weights_init())

    def call(self, low):
        h = low
        for unit in self.units:
            h = unit(h)
        return tf.nn.depth_to_space(self.to_subpixel(h), 2)


def textures(n=96, size=24):
    rng = np.random.default_rng(2)
    yy, xx = np.mgrid[:size, :size] / size
    f = rng.uniform(1, 5, (n, 2))
    hi = 0.5 + 0.5 * np.sin(2 * np.pi * (f[:, :1, None] * yy + f[:, 1:, None] * xx))
    hi = hi[..., None].astype("float32")
    lo = hi.reshape(n, size // 2, 2, size // 2, 2, 1).mean(axis=(2, 4))
    return lo, hi


lo, hi = textures()
ds = tf.data.Dataset.from_tensor_slices((lo, hi)).batch(16).prefetch(2)
net = Upscaler()
net.compile(optimizer=keras.optimizers.SGD(1e-3), loss="mse")
net.fit(ds, epochs=2, verbose=2)
