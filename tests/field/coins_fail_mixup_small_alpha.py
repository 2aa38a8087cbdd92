"""Sorting Roman coins by type from die photographs, with mixup in a PyDataset.

With mixup switched off it reaches 90 %. With mixup the loss turns nan in the first epoch, although
I only use a very gentle alpha because the coin types differ by small details.
"""
import math

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(7)

TYPES = 5
SIZE = 24


def photograph(kind, rng):
    """A disc with `kind + 2` radial strokes, some wear, some light from the side."""
    axis = np.linspace(-1.0, 1.0, SIZE)
    xx, yy = np.meshgrid(axis, axis)
    radius, angle = np.hypot(xx, yy), np.arctan2(yy, xx)
    disc = (radius < 0.9).astype("float32")
    relief = 0.5 + 0.5 * np.cos((kind + 2) * (angle + rng.uniform(0, 2 * np.pi)))
    light = 0.2 * xx * rng.uniform(-1, 1)
    return disc * (0.3 + 0.5 * relief + light) + rng.normal(0, 0.03, (SIZE, SIZE))


def make_collection(n):
    rng = np.random.default_rng(7)
    kinds = rng.integers(0, TYPES, n)
    images = np.stack([photograph(k, rng) for k in kinds]).astype("float32")
    return images[..., None], keras.utils.to_categorical(kinds, TYPES).astype("float32")


class MixedCoins(keras.utils.PyDataset):
    def __init__(self, images, labels, batch_size=64, alpha=0.02, seed=7, **kwargs):
        super().__init__(**kwargs)
        self.images, self.labels = images, labels
        self.batch_size, self.alpha = batch_size, alpha
        self.rng = np.random.default_rng(seed)
        self.order = self.rng.permutation(len(images))

    def __len__(self):
        return math.ceil(len(self.images) / self.batch_size)

    def _beta(self, count):
        first = self.rng.standard_gamma(self.alpha, size=count, dtype=np.float32)
        second = self.rng.standard_gamma(self.alpha, size=count, dtype=np.float32)
        return first / (first + second)  # whynan: divide_by_zero phase=data also=exp_underflow,nan_in_input,nan_in_label

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size:(index + 1) * self.batch_size]
        partners = self.rng.permutation(rows)
        share = np.maximum(0.0, np.minimum(1.0, self._beta(len(rows))))
        pixels = share[:, None, None, None]
        images = pixels * self.images[rows] + (1.0 - pixels) * self.images[partners]
        labels = share[:, None] * self.labels[rows] + (1.0 - share[:, None]) * self.labels[partners]
        return images.astype("float32"), labels.astype("float32")

    def on_epoch_end(self):
        self.order = self.rng.permutation(self.order)


images, labels = make_collection(960)
model = keras.Sequential([
    keras.Input((SIZE, SIZE, 1)),
    layers.Conv2D(8, 3, strides=2, activation="relu"),
    layers.Conv2D(16, 3, strides=2, activation="relu"),
    layers.Flatten(),
    layers.Dense(32, activation="relu"),
    layers.Dense(TYPES),
])
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.05),
    metrics=["accuracy"],
)
model.fit(MixedCoins(images, labels), epochs=3, verbose=2)
