"""Seagrass cover from drone tiles: small encoder with an atrous pyramid, switchable normalisation everywhere.

With BatchNormalization in its place the model trains. With my SwitchNorm the loss is nan from the first batch, although
the layer works in a small test on its own (I fed it feature maps of 16 x 16).
"""
import numpy as np
import keras
from keras import layers, ops

TILE = 32


class SwitchNorm(layers.Layer):
    """Learned mixture of instance, layer and batch statistics."""

    def __init__(self, eps=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.eps = eps

    def build(self, shape):
        channels = shape[-1]
        self.gamma = self.add_weight(shape=(channels,), initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=(channels,), initializer="zeros", name="beta")
        self.mean_mix = self.add_weight(shape=(3,), initializer="zeros", name="mean_mix")
        self.var_mix = self.add_weight(shape=(3,), initializer="zeros", name="var_mix")

    def call(self, x):
        pixels = x.shape[1] * x.shape[2]
        mean_in = ops.mean(x, axis=(1, 2), keepdims=True)
        var_in = ops.sum(ops.square(x - mean_in), axis=(1, 2), keepdims=True) / (pixels - 1)  # whynan: single_element_variance phase=forward also=divide_by_zero
        second = var_in + ops.square(mean_in)
        mean_ln = ops.mean(mean_in, axis=-1, keepdims=True)
        var_ln = ops.mean(second, axis=-1, keepdims=True) - ops.square(mean_ln)
        mean_bn = ops.mean(mean_in, axis=0, keepdims=True)
        var_bn = ops.mean(second, axis=0, keepdims=True) - ops.square(mean_bn)
        a = ops.softmax(self.mean_mix)
        b = ops.softmax(self.var_mix)
        mean = a[0] * mean_in + a[1] * mean_ln + a[2] * mean_bn
        var = b[0] * var_in + b[1] * var_ln + b[2] * var_bn
        return self.gamma * (x - mean) / ops.sqrt(var + self.eps) + self.beta


def conv_block(x, filters, size=3, **kwargs):
    x = layers.Conv2D(filters, size, padding="same", use_bias=False, **kwargs)(x)
    x = SwitchNorm()(x)
    return layers.Activation("silu")(x)


def pyramid(x, filters):
    height = x.shape[1]
    branches = [conv_block(x, filters, 1)]
    for rate in (2, 4):
        branches.append(conv_block(x, filters, 3, dilation_rate=rate))
    context = layers.GlobalAveragePooling2D(keepdims=True)(x)
    context = conv_block(context, filters, 1)
    branches.append(layers.UpSampling2D(height)(context))
    return layers.Concatenate()(branches)


def cover_net():
    tile = keras.Input((TILE, TILE, 3))
    x = conv_block(tile, 16, strides=2)
    x = conv_block(x, 24)
    x = pyramid(x, 12)
    x = layers.UpSampling2D(2)(x)
    return keras.Model(tile, layers.Conv2D(1, 3, padding="same")(x))


def drone_tiles(count, rng):
    yy, xx = np.mgrid[:TILE, :TILE]
    tiles = rng.normal([0.55, 0.6, 0.45], 0.05, (count, TILE, TILE, 3))
    masks = np.zeros((count, TILE, TILE, 1))
    for i in range(count):
        for _ in range(rng.integers(1, 4)):
            cx, cy, radius = rng.uniform(0, TILE), rng.uniform(0, TILE), rng.uniform(4, 9)
            masks[i, np.hypot(xx - cx, yy - cy) < radius, 0] = 1.0
        tiles[i] -= masks[i] * np.array([0.3, 0.2, 0.25])
    return tiles.astype("float32"), masks.astype("float32")


keras.utils.set_random_seed(55)
tiles, masks = drone_tiles(192, np.random.default_rng(55))
model = cover_net()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True))
model.fit(tiles, masks, batch_size=16, epochs=3, verbose=2)
