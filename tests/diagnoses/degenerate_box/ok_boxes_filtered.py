# whynan: healthy
"""Boxes without extent are dropped before the encoding."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(66)
rng = np.random.default_rng(66)
x1, y1 = rng.uniform(0, 200, 200), rng.uniform(0, 200, 200)
gt = np.stack([x1, y1, x1 + rng.uniform(10, 80, 200), y1 + rng.uniform(10, 80, 200)], axis=1)
gt[48, 2] = gt[48, 0]
gt[77, 3] = gt[77, 1] - 4
w, h = gt[:, 2] - gt[:, 0], gt[:, 3] - gt[:, 1]
with np.errstate(all="ignore"):
    scale = np.log(np.stack([w, h], 1) / 40.0)
keep = np.isfinite(scale).all(axis=1)
gt, scale = gt[keep], scale[keep]
targets = np.concatenate([(gt[:, :2] - 100) / 40, scale], 1).astype("float32")
crops = (gt @ rng.normal(size=(4, 24)) / 100).astype("float32")
head = keras.Sequential([keras.Input((24,)), layers.Dense(32, activation="relu"), layers.Dense(4)])
head.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
head.fit(crops, targets, batch_size=40, epochs=3, verbose=2)
