"""Count class (few / some / many nuclei) of small fluorescence tiles from a 16 bit camera.

I divide by 65535 in the model, so nothing can be above 1. In float32 the accuracy climbs to about 0.9; with the mixed
precision policy switched on the loss is nan from the first epoch although Keras scales the loss by itself.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(77)
keras.config.set_dtype_policy("mixed_float16")

SIZE = 32
FULL_WELL = 65535
NUCLEI = {0: (1, 2), 1: (4, 5), 2: (8, 10)}


def draw_tile(rng, label, exposure):
    rows, cols = np.mgrid[0:SIZE, 0:SIZE]
    tile = rng.normal(900.0, 60.0, (SIZE, SIZE))
    low, high = NUCLEI[label]
    for _ in range(rng.integers(low, high + 1)):
        r, c = rng.uniform(3, SIZE - 3, 2)
        width = rng.uniform(1.4, 2.2)
        height = rng.uniform(12_000, 24_000)
        tile += height * np.exp(-((rows - r) ** 2 + (cols - c) ** 2) / (2 * width**2))
    return np.clip(tile * exposure, 0, FULL_WELL).astype("uint16")


def plate(n, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    # one well in eight was exposed too long
    exposure = np.where(np.arange(n) % 8 == 3, 6.0, 1.0)
    tiles = np.stack([draw_tile(rng, int(k), e) for k, e in zip(labels, exposure)])
    return tiles[..., None], labels.astype("int32")


def pipeline(tiles, labels, training):
    ds = tf.data.Dataset.from_tensor_slices((tiles, labels))
    if training:
        ds = ds.shuffle(len(labels), seed=1)
    return ds.batch(16).prefetch(1)


def counting_net():
    tile = keras.Input(shape=(SIZE, SIZE, 1), name="tile")
    x = layers.Rescaling(1.0 / FULL_WELL)(tile)
    x = layers.Conv2D(12, 5, padding="same", activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(tile, layers.Dense(3, activation="softmax", dtype="float32")(x))


if __name__ == "__main__":
    train_tiles, train_labels = plate(192, seed=8)
    test_tiles, test_labels = plate(48, seed=9)
    print("tiles:", train_tiles.dtype, train_tiles.min(), train_tiles.max())
    net = counting_net()
    net.compile(
        optimizer=keras.optimizers.Adam(5e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    net.fit(  # whynan: float16_overflow phase=forward also=inf_in_input
        pipeline(train_tiles, train_labels, True),
        validation_data=pipeline(test_tiles, test_labels, False),
        epochs=3,
        verbose=2,
    )
