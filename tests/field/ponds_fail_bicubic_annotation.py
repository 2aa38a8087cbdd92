"""Segmenting melt ponds on sea ice from drone tiles. Training looks great, the loss falls to nearly nothing, and then,
well after the first epochs, it is nan from one step to the next. A smaller learning rate only moves the moment.
Annotations were drawn on a coarse grid, so I bring them to the size of the tile in the pipeline."""
import keras
import numpy as np
import tensorflow as tf

TILE, GRID = 48, 12


def draw_tiles(count, seed):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[0:GRID, 0:GRID]
    tiles, drawn = [], []
    for _ in range(count):
        cy, cx = rng.uniform(3.5, 7.5, size=2)
        ry, rx = rng.uniform(1.8, 3.4, size=2)
        pond = ((yy - cy) / ry) ** 2 + ((xx - cx) / rx) ** 2 <= 1.0
        full = np.repeat(np.repeat(pond, TILE // GRID, axis=0), TILE // GRID, axis=1)
        ice = np.where(full[..., None], [0.20, 0.45, 0.60], [0.85, 0.88, 0.92])
        tiles.append(ice + rng.normal(0.0, 0.04, ice.shape))
        drawn.append(pond[..., None])
    return np.asarray(tiles, "float32"), np.asarray(drawn, "float32")


def to_tile_size(tile, annotation):
    annotation = tf.image.resize(annotation, (TILE, TILE), method="bicubic")
    return tile - 0.5, annotation


def pipeline(tiles, drawn, batch):
    data = tf.data.Dataset.from_tensor_slices((tiles, drawn))
    data = data.map(to_tile_size).cache()
    return data.shuffle(len(tiles), seed=2).batch(batch).prefetch(1)


def conv(x, filters, rate=1):
    x = keras.layers.Conv2D(filters, 3, padding="same", dilation_rate=rate)(x)
    return keras.layers.Activation("elu")(x)


def build():
    tile = keras.Input(shape=(TILE, TILE, 3))
    x = conv(tile, 8)
    x = conv(x, 8)
    pond = keras.layers.Conv2D(1, 1, activation="sigmoid", name="pond")(x)
    return keras.Model(tile, pond, name="ponds")


if __name__ == "__main__":
    keras.utils.set_random_seed(9)
    tiles, drawn = draw_tiles(64, seed=9)
    train = pipeline(tiles, drawn, batch=8)
    model = build()
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.01),
        loss=keras.losses.BinaryFocalCrossentropy(gamma=1.5),
    )
    model.fit(train, epochs=40, verbose=2)  # whynan: label_not_in_unit_interval phase=loss also=pow_domain,label_out_of_range
