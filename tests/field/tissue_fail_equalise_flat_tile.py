"""Nuclei segmentation on H&E tiles (grey), histogram-equalised on the fly in a PyDataset."""
import math

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(2)


def slide_tiles(n=96, size=24, seed=14):
    rng = np.random.default_rng(seed)
    tiles = rng.normal(205, 9, (n, size, size))
    masks = np.zeros((n, size, size, 1), "float32")
    yy, xx = np.mgrid[:size, :size]
    for tile, mask in zip(tiles, masks):
        for _ in range(rng.integers(2, 6)):
            cy, cx, r = rng.uniform(3, size - 3), rng.uniform(3, size - 3), rng.uniform(1.5, 3.5)
            nucleus = (yy - cy) ** 2 + (xx - cx) ** 2 < r * r
            tile[nucleus] -= 80
            mask[nucleus] = 1.0
    # four tiles are beside the tissue: pure glass, the scanner returns full white
    for i in (10, 41, 42, 77):
        tiles[i], masks[i] = 255, 0.0
    return np.clip(tiles, 0, 255).astype(np.uint8), masks


def equalise(tile):
    """Grey levels -> [0, 1] such that the histogram becomes flat."""
    histogram = np.bincount(tile.ravel(), minlength=256)
    cdf = histogram.cumsum()
    first = cdf[cdf > 0][0]
    table = (cdf - first) / (tile.size - first)  # whynan: zero_variance_normalisation phase=data also=divide_by_zero,nan_in_input
    return table[tile]


class TileSequence(keras.utils.PyDataset):
    def __init__(self, tiles, masks, batch_size=12, augment=True, **kwargs):
        super().__init__(**kwargs)
        self.tiles, self.masks = tiles, masks
        self.batch_size = batch_size
        self.augment = augment
        self.rng = np.random.default_rng(1)

    def __len__(self):
        return math.ceil(len(self.tiles) / self.batch_size)

    def _prepare(self, index):
        tile, mask = self.tiles[index], self.masks[index]
        if self.augment and self.rng.random() < 0.5:
            tile, mask = tile[:, ::-1], mask[:, ::-1]
        return equalise(tile)[..., None], mask

    def __getitem__(self, number):
        first = number * self.batch_size
        pairs = [self._prepare(i) for i in range(first, min(first + self.batch_size, len(self.tiles)))]
        x, y = zip(*pairs)
        return np.stack(x).astype("float32"), np.stack(y)


def bce_dice(y_true, y_pred):
    bce = ops.mean(keras.losses.binary_crossentropy(y_true, y_pred))
    overlap = ops.sum(y_true * y_pred, axis=(1, 2, 3))
    total = ops.sum(y_true + y_pred, axis=(1, 2, 3))
    return bce + 1.0 - ops.mean((2.0 * overlap + 1.0) / (total + 1.0))


def small_unet():
    image = keras.Input((24, 24, 1))
    a = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    b = layers.BatchNormalization()(layers.MaxPooling2D()(a))
    b = layers.Conv2D(16, 3, padding="same", activation="relu")(b)
    up = layers.UpSampling2D()(b)
    h = layers.Conv2D(8, 3, padding="same", activation="relu")(layers.Concatenate()([a, up]))
    return keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid")(h))


tiles, masks = slide_tiles()
model = small_unet()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=bce_dice)
model.fit(TileSequence(tiles, masks), epochs=3, verbose=2)
