"""Macular thickness from wide fundus images; the vessels thin out away from the optic disc, so I add
the distance from the disc as an extra channel (our camera puts the disc at the left edge).

On the small preview images (160 x 120) the extra channel helped. On the full ones the loss is nan at
once. Mixed precision, because of the size of the images.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(14)
keras.mixed_precision.set_global_policy("mixed_float16")

HEIGHT, WIDTH = 240, 320


class DistanceFromDisc(layers.Layer):
    """Appends the distance from the optic disc, in units of the image width."""

    def call(self, images):
        height, width = images.shape[1], images.shape[2]
        rows = ops.cast(ops.arange(height), self.compute_dtype) - height / 2
        cols = ops.cast(ops.arange(width), self.compute_dtype)
        rows = ops.reshape(rows, (1, height, 1, 1))
        cols = ops.reshape(cols, (1, 1, width, 1))
        distance = ops.sqrt(ops.square(rows) + ops.square(cols))  # whynan: float16_overflow phase=forward
        distance = distance / width
        return ops.concatenate([images, ops.zeros_like(images[..., :1]) + distance], axis=-1)


def fundus_images(n=24):
    rng = np.random.default_rng(14)
    thickness = rng.normal(0.27, 0.03, n)  # millimetres
    yy, xx = np.mgrid[:HEIGHT, :WIDTH]
    fall_off = np.hypot(yy - HEIGHT / 2, xx) / WIDTH
    images = np.empty((n, HEIGHT, WIDTH, 1), "float32")
    for i in range(n):
        vessels = np.sin(yy / rng.uniform(5, 9) + rng.uniform(0, 6)) > 0.8
        images[i, ..., 0] = 0.5 - thickness[i] * fall_off + 0.2 * vessels * (1.2 - fall_off)
    images += rng.normal(0, 0.02, images.shape)
    return images, ((thickness - 0.27) / 0.03).astype("float32")


def regressor():
    image = keras.Input((HEIGHT, WIDTH, 1))
    x = DistanceFromDisc()(image)
    x = layers.Conv2D(4, 5, strides=5, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("swish")(x)
    x = layers.Conv2D(8, 3, strides=3, activation="swish")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(1, dtype="float32", name="thickness")(x))


images, thickness = fundus_images()
model = regressor()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"], jit_compile=False)
model.fit(images, thickness, batch_size=4, epochs=2, verbose=2)
