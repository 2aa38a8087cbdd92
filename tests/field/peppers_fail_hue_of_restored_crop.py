"""Undo the yellow cast that the sodium lamps of the sorting line leave on pepper crops.

Plain MSE trains without trouble but gives brownish peppers, so I added a term on the hue. With it the first batches
look good, then the loss prints nan and the restored images are black.
"""
import math

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(31)
SIDE, BATCH = 24, 16
GREEN, RED, LEAF = np.array([0.16, 0.48, 0.12]), np.array([0.74, 0.12, 0.11]), np.array([0.20, 0.35, 0.15])


def pepper_crops(n, rng):
    yy, xx = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    crops = np.empty((n, SIDE, SIDE, 3), "float32")
    for k in range(n):
        ripe = rng.beta(0.4, 0.4)
        skin = (1 - ripe) * GREEN + ripe * RED + rng.normal(0, 0.02, 3)
        cx, cy = rng.uniform(0.35, 0.65, 2)
        body = np.exp(-(((xx - cx) ** 2 + (yy - cy) ** 2) / 0.06))[..., None]
        crops[k] = np.clip(body * skin + (1 - body) * LEAF + rng.normal(0, 0.02, (SIDE, SIDE, 3)), 0.0, 1.0)
    return crops


class LampPairs(keras.utils.PyDataset):
    """(crop under the lamp, crop in daylight)"""

    def __init__(self, crops, **kwargs):
        super().__init__(**kwargs)
        self.crops = crops

    def __len__(self):
        return len(self.crops) // BATCH

    def __getitem__(self, index):
        rng = np.random.default_rng(1000 + index)
        day = self.crops[index * BATCH:(index + 1) * BATCH]
        gain = np.array([1.05, 0.95, 0.45]) * rng.uniform(0.8, 1.0, (BATCH, 1, 1, 1))
        return np.clip(day * gain, 0, 1).astype("float32"), day


def hue(rgb):
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    lean = 0.5 * ((r - g) + (r - b))
    chroma = ops.sqrt((r - g) ** 2 + (r - b) * (g - b))
    angle = ops.arccos(ops.clip(lean / (chroma + 1e-10), -1.0, 1.0))  # whynan: acos_grad_at_one phase=gradient also=clip_misuse,acos_domain
    return ops.where(b <= g, angle, 2 * math.pi - angle)


def colour_loss(day, restored):
    pixel = ops.mean(ops.square(day - restored))
    turn = ops.mean(1.0 - ops.cos(hue(day) - hue(restored)))
    return pixel + 0.1 * turn


def restorer():
    lamp = keras.Input((SIDE, SIDE, 3))
    h = layers.Conv2D(16, 3, padding="same", activation="relu")(lamp)
    h = layers.Conv2D(16, 3, padding="same", activation="relu")(h)
    return keras.Model(lamp, layers.Conv2D(3, 1, activation="sigmoid")(h))


pairs = LampPairs(pepper_crops(320, np.random.default_rng(8)))
model = restorer()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=colour_loss)
model.fit(pairs, epochs=8, shuffle=False, verbose=2)
