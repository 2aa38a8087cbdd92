"""Crop type from two-band satellite chips; indices are computed in the PyDataset."""
import math
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(41)


def vegetation_index(chip):
    red, nir = chip[..., 0], chip[..., 1]
    return (nir - red) / (nir + red)  # whynan: nan_in_input phase=data also=divide_by_zero


def to_reflectance(raw):
    return raw.astype("float32") / 10000.0


class ChipSequence(keras.utils.PyDataset):
    def __init__(self, raw, label, batch, **kwargs):
        super().__init__(**kwargs)
        self.raw, self.label, self.batch = raw, label, batch

    def __len__(self):
        return math.ceil(len(self.raw) / self.batch)

    def __getitem__(self, i):
        part = slice(i * self.batch, (i + 1) * self.batch)
        bands = to_reflectance(self.raw[part])
        x = np.concatenate([bands, vegetation_index(bands)[..., None]], axis=-1)
        return x, self.label[part]


def acquire(n=160):
    rng = np.random.default_rng(41)
    label = rng.integers(0, 3, n)
    raw = np.empty((n, 12, 12, 2), "uint16")
    raw[..., 0] = rng.integers(400, 1200, (n, 12, 12))
    raw[..., 1] = 1500 + 900 * label[:, None, None] + rng.integers(0, 500, (n, 12, 12))
    raw[100:104, :, 9:] = 0  # edge of the swath
    return raw, label


raw, label = acquire()
model = keras.Sequential([
    keras.Input((12, 12, 3)),
    layers.Conv2D(8, 3, activation="swish"),
    layers.GlobalAveragePooling2D(),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(ChipSequence(raw, label, 16), epochs=4, verbose=2)
