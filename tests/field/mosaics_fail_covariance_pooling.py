"""Land use of aerial tiles with second order (covariance) pooling instead of average pooling.

Works on the five sample tiles from the notebook. On the full mosaic the loss is nan before the end of
the first epoch, and with another shuffle seed it starts at another batch.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(12)

LAND_USE = ("cropland", "orchard", "village", "pasture")


class SqrtCovariancePool(layers.Layer):
    """Matrix square root of the channel covariance by Newton-Schulz iterations."""

    def __init__(self, iterations=5, **kwargs):
        super().__init__(**kwargs)
        self.iterations = iterations

    def call(self, maps):
        channels = maps.shape[-1]
        positions = maps.shape[1] * maps.shape[2]
        flat = ops.reshape(maps, (-1, positions, channels))
        flat = flat - ops.mean(flat, axis=1, keepdims=True)
        cov = ops.matmul(ops.transpose(flat, (0, 2, 1)), flat) / positions
        eye = ops.expand_dims(ops.eye(channels), 0)
        trace = ops.sum(cov * eye, axis=(1, 2), keepdims=True)
        a = cov / trace  # whynan: divide_by_zero phase=forward rows=41,188 also=zero_variance_normalisation
        y, z = a, eye + ops.zeros_like(a)
        for _ in range(self.iterations):
            t = 0.5 * (3.0 * eye - ops.matmul(z, y))
            y, z = ops.matmul(y, t), ops.matmul(t, z)
        root = y * ops.sqrt(trace)
        return ops.reshape(root, (-1, channels * channels))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1] ** 2)


def mosaic(n=256, size=32):
    rng = np.random.default_rng(90)
    label = rng.integers(0, len(LAND_USE), n)
    yy, xx = np.mgrid[:size, :size] / size
    tiles = np.empty((n, size, size, 3))
    for i, kind in enumerate(label):
        angle = rng.uniform(0, np.pi)
        rows = np.sin(2 * np.pi * (3 + 4 * kind) * (xx * np.cos(angle) + yy * np.sin(angle)))
        tint = np.array([[90, 110, 60], [70, 95, 55], [140, 130, 125], [85, 135, 70]][kind])
        tiles[i] = tint + 25 * rows[..., None] + rng.normal(0, 9, (size, size, 3))
    # flight strips do not cover the south-west corner of the mosaic: the file holds nodata = 0 there
    tiles[[41, 188]] = 0
    return np.clip(tiles, 0, 255).astype("uint8"), label


def network(shape):
    inputs = keras.Input(shape)
    h = layers.Conv2D(16, 5, strides=2, use_bias=False, activation="relu")(inputs)
    h = layers.Conv2D(16, 3, use_bias=False, activation="relu")(h)
    h = SqrtCovariancePool()(h)
    outputs = layers.Dense(len(LAND_USE), activation="softmax")(h)
    return keras.Model(inputs, outputs)


tiles, land_use = mosaic()
tiles = tiles.astype("float32") / 255.0
model = network(tiles.shape[1:])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(tiles, land_use, batch_size=16, epochs=3, verbose=2)
