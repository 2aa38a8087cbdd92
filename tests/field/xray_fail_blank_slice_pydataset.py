import math

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(8)


def make_volume(rng, depth=20, size=24):
    """CT-like stack: first and last slice are outside of the patient (air only)."""
    vol = rng.normal(40, 60, (depth, size, size)).astype("float32")
    vol[:, :4] = -1000.0
    label = np.zeros(depth, "float32")
    for z in range(3, depth - 3):
        if rng.random() < 0.5:
            vol[z, 10:15, 10:15] += 400
            label[z] = 1
    vol[0] = vol[-1] = -1000.0
    return vol, label


def rescale(img):
    lo, hi = img.min(), img.max()
    return (img - lo) / (hi - lo)  # whynan: zero_variance_normalisation phase=data also=divide_by_zero,nan_in_input


class SliceSequence(keras.utils.PyDataset):
    def __init__(self, volumes, labels, batch_size, **kw):
        super().__init__(**kw)
        self.slices = np.concatenate(volumes)
        self.labels = np.concatenate(labels)
        self.batch_size = batch_size

    def __len__(self):
        return math.ceil(len(self.slices) / self.batch_size)

    def __getitem__(self, i):
        s = slice(i * self.batch_size, (i + 1) * self.batch_size)
        x = np.stack([rescale(im) for im in self.slices[s]])[..., None]
        return x, self.labels[s]


rng = np.random.default_rng(8)
pairs = [make_volume(rng) for _ in range(10)]
train = SliceSequence([p[0] for p in pairs], [p[1] for p in pairs], batch_size=16)

model = keras.Sequential([
    keras.Input((24, 24, 1)),
    layers.Conv2D(8, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(8, 3, activation="relu"),
    layers.GlobalMaxPooling2D(),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=2, verbose=2)
