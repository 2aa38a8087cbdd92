"""Count seals on aerial tiles: convolutions, sum the feature maps over the tile, one Dense on top.

Trains in float32. After switching on mixed precision for the new card (last layer kept in float32
as the guide says) every epoch reports loss: inf or nan and the weights never move.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import ops

keras.utils.set_random_seed(8)
keras.mixed_precision.set_global_policy("mixed_float16")

CONFIG = {"tile": 64, "tiles": 64, "batch": 8, "epochs": 2, "lr": 1e-3}


def make_tiles(n, size, seed=8):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[0:size, 0:size]
    tiles = rng.normal([118, 112, 104], 12, (n, size, size, 3))
    counts = rng.poisson(9, n)
    for tile, count in zip(tiles, counts):
        for cy, cx in rng.uniform(3, size - 3, (count, 2)):
            tile -= 60 * np.exp(-((yy - cy) ** 2 + (xx - cx) ** 2) / 6.0)[..., None]
    return np.clip(tiles, 0, 255).astype("uint8"), counts.astype("float32")


class SumPooling2D(keras.layers.Layer):
    """A count is additive over the tile, so sum instead of average."""

    def call(self, maps):
        return ops.sum(maps, axis=(1, 2))  # whynan: float16_overflow phase=forward also=unscaled_input

    def compute_output_shape(self, shape):
        return (shape[0], shape[-1])


def build(size):
    tile = keras.Input((size, size, 3))
    x = keras.layers.Conv2D(8, 3, padding="same", activation="relu")(tile)
    x = keras.layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = SumPooling2D()(x)
    count = keras.layers.Dense(1, dtype="float32", name="count")(x)
    return keras.Model(tile, count)


def pipeline(tiles, counts, batch):
    ds = tf.data.Dataset.from_tensor_slices((tiles, counts))
    ds = ds.map(lambda t, c: (tf.cast(t, tf.float32), tf.expand_dims(c, -1)))
    return ds.shuffle(len(tiles), seed=1).batch(batch).prefetch(1)


def main(cfg):
    tiles, counts = make_tiles(cfg["tiles"], cfg["tile"])
    model = build(cfg["tile"])
    print("compute dtype of the convolutions:", model.layers[1].compute_dtype)
    model.compile(optimizer=keras.optimizers.Adam(cfg["lr"]), loss="mse", metrics=["mae"])
    model.fit(pipeline(tiles, counts, cfg["batch"]), epochs=cfg["epochs"], verbose=2)
    print("loss scale at the end:", float(model.optimizer.dynamic_scale.numpy()))


main(CONFIG)
