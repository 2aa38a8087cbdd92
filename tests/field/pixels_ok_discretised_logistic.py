# whynan: healthy
"""PixelCNN++ likelihood (discretised mixture of logistics) for 8-bit icons; the two edge bins 0 and 255 are open ended.

Many icons are pure black or white, so the edge cases of the nested where are hit all the time.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(255)

SIZE, MIXTURES = 10, 4


class MaskedConv(layers.Layer):
    """Sees only the pixels before the current one (raster order)."""

    def __init__(self, filters, kernel, include_centre, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.kernel_size, self.include_centre = filters, kernel, include_centre

    def build(self, shape):
        k = self.kernel_size
        mask = np.zeros((k, k, 1, 1), "float32")
        mask[: k // 2] = 1.0
        mask[k // 2, : k // 2 + int(self.include_centre)] = 1.0
        self.mask = mask
        self.kernel = self.add_weight(shape=(k, k, shape[-1], self.filters), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, x):
        return tf.nn.conv2d(x, self.kernel * self.mask, strides=1, padding="SAME") + self.bias


class DiscretisedLogistics(keras.losses.Loss):
    def __init__(self, mixtures, min_log_scale=-7.0, **kwargs):
        super().__init__(**kwargs)
        self.mixtures, self.min_log_scale = mixtures, min_log_scale

    def component_log_prob(self, x, means, log_scales):
        centred = x - means
        inv_std = tf.exp(-log_scales)
        plus_in = inv_std * (centred + 1.0 / 255.0)
        min_in = inv_std * (centred - 1.0 / 255.0)
        cdf_delta = tf.sigmoid(plus_in) - tf.sigmoid(min_in)
        mid_in = inv_std * centred
        log_pdf_mid = mid_in - log_scales - 2.0 * tf.nn.softplus(mid_in)
        # log of the mass below / above, stable for any argument
        log_cdf_plus = plus_in - tf.nn.softplus(plus_in)
        log_one_minus_cdf_min = -tf.nn.softplus(min_in)
        inner = tf.where(cdf_delta > 1e-5, tf.math.log(tf.maximum(cdf_delta, 1e-12)), log_pdf_mid - np.log(127.5))
        return tf.where(x < -0.999, log_cdf_plus, tf.where(x > 0.999, log_one_minus_cdf_min, inner))

    def call(self, y_true, y_pred):
        logits, means, log_scales = tf.split(y_pred, 3, axis=-1)
        log_scales = tf.maximum(log_scales, self.min_log_scale)
        log_prob = self.component_log_prob(y_true, means, log_scales) + tf.nn.log_softmax(logits)
        return -tf.reduce_sum(tf.reduce_logsumexp(log_prob, axis=-1), axis=[1, 2])


def pixel_cnn(width=24):
    inputs = keras.Input((SIZE, SIZE, 1))
    x = MaskedConv(width, 5, include_centre=False)(inputs)
    for _ in range(2):
        h = layers.Activation("elu")(x)
        x = layers.Add()([x, MaskedConv(width, 3, include_centre=True)(h)])
    return keras.Model(inputs, layers.Dense(3 * MIXTURES)(layers.Activation("elu")(x)))


def icons(n=256):
    rng = np.random.default_rng(255)
    images = np.zeros((n, SIZE, SIZE, 1), "uint8")
    for k, image in enumerate(images):
        if k % 5 == 0:
            image[:] = 255 * (k % 2)  # an empty icon
            continue
        a, b = rng.integers(1, 5, 2)
        image[a : a + 5, b : b + 5] = 255
        image[a + 1 : a + 4, b + 1 : b + 4] = rng.integers(60, 200)
    return images


pixels = icons().astype("float32") / 127.5 - 1.0
model = pixel_cnn()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=DiscretisedLogistics(MIXTURES))
history = model.fit(pixels, pixels, batch_size=32, epochs=6, verbose=2)
print("bits per pixel", history.history["loss"][-1] / SIZE**2 / np.log(2))
