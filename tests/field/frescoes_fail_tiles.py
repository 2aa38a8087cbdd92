"""Tile classifier for plaster loss on scanned fresco panels (0 sound, 1 damaged)."""
import math

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(15)
rng = np.random.default_rng(15)

CANVAS = 128
TILE = 32
PER_SIDE = CANVAS // TILE


def paint_panel(height, width):
    yy, xx = np.mgrid[0:height, 0:width] / 32.0
    img = 0.5 + 0.2 * np.sin(xx * rng.uniform(1, 3) + rng.uniform(0, 6)) * np.cos(yy * rng.uniform(1, 3))
    img = img + rng.normal(0, 0.03, img.shape)
    damage = np.zeros(img.shape, bool)
    for _ in range(rng.integers(2, 6)):
        cy, cx, r = rng.integers(0, height), rng.integers(0, width), rng.integers(6, 16)
        blob = (np.arange(height)[:, None] - cy) ** 2 + (np.arange(width)[None, :] - cx) ** 2 < r * r
        damage |= blob
    img = np.where(damage, 0.9 + rng.normal(0, 0.05, img.shape), img)
    return np.clip(img, 0.01, 1).astype("float32"), damage


def to_canvas(a):
    h, w = a.shape
    return np.pad(a, ((0, CANVAS - h), (0, CANVAS - w)))


class FrescoTiles(keras.utils.PyDataset):
    def __init__(self, panels, masks, batch_size=32, **kw):
        super().__init__(**kw)
        self.panels = panels
        self.masks = masks
        self.batch_size = batch_size
        self.index = [(p, r, c) for p in range(len(panels))
                      for r in range(PER_SIDE) for c in range(PER_SIDE)]
        np.random.default_rng(3).shuffle(self.index)

    def __len__(self):
        return math.ceil(len(self.index) / self.batch_size)

    def crop(self, arr, r, c):
        return arr[r * TILE:(r + 1) * TILE, c * TILE:(c + 1) * TILE]

    def normalise(self, tile):
        return (tile - tile.mean()) / tile.std()  # whynan: zero_variance_normalisation phase=data also=nan_in_input

    def __getitem__(self, i):
        part = self.index[i * self.batch_size:(i + 1) * self.batch_size]
        x = np.stack([self.normalise(self.crop(self.panels[p], r, c)) for p, r, c in part])
        y = np.array([self.crop(self.masks[p], r, c).mean() > 0.05 for p, r, c in part])
        return x[..., None], y.astype("float32")[:, None]


# the two lunettes are only three quarters as tall as the wall panels
shapes = [(128, 128)] * 9 + [(96, 128)] + [(128, 128)] * 7 + [(96, 128)] + [(120, 128)] * 4
panels, masks = [], []
for h, w in shapes:
    img, dmg = paint_panel(h, w)
    panels.append(to_canvas(img))
    masks.append(to_canvas(dmg))

train = FrescoTiles(panels, masks)
print(len(train.index), "tiles in", len(train), "batches")

model = keras.Sequential([
    layers.Input((TILE, TILE, 1)),
    layers.Conv2D(8, 3, strides=2, activation="relu"),
    layers.Conv2D(16, 3, strides=2, activation="relu"),
    layers.GlobalAveragePooling2D(),
    layers.Dense(16, activation="tanh"),
    layers.Dense(1),
])
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
)
model.fit(train, epochs=5, verbose=2)
print("first layer |w| mean:", float(np.abs(model.layers[0].get_weights()[0]).mean()))
