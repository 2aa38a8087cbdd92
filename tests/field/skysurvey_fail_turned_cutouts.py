"""Star / galaxy separation on small sky cutouts in photon counts, augmented on the fly in a PyDataset.

Without augmentation the network trains. With random rotation the loss becomes nan within the first epoch, although
the very same cutouts go in. Counts can never be below zero (I assert it), the sky is bright enough that no pixel
is even zero, so the square root that evens out the photon noise is safe.
"""
import math

import numpy as np
import keras
from scipy import ndimage

keras.utils.set_random_seed(77)

SIDE = 24
SKY = 60.0


def radius_map(rng):
    cy, cx = (SIDE - 1) / 2 + rng.normal(0, 0.5, 2)
    y, x = np.mgrid[:SIDE, :SIDE]
    return np.hypot(y - cy, x - cx)


def observe(is_galaxy, rng):
    r = radius_map(rng)
    flux = rng.lognormal(5.5, 0.5)
    light = flux * (np.exp(-r / rng.uniform(2.0, 4.0)) if is_galaxy else np.exp(-0.5 * (r / 1.5) ** 2))
    counts = rng.poisson(SKY + light).astype("float32")
    if rng.random() < 0.1:                      # a particle hits one pixel of the detector
        counts[rng.integers(3, SIDE - 3), rng.integers(3, SIDE - 3)] += rng.uniform(3000, 12000)
    return counts


def make_catalogue(size):
    rng = np.random.default_rng(77)
    labels = rng.integers(0, 2, size)
    cutouts = np.stack([observe(bool(label), rng) for label in labels])
    assert cutouts.min() > 0
    return cutouts, labels.astype("float32")


class Cutouts(keras.utils.PyDataset):
    """Batches of cutouts, each turned by a random angle."""

    def __init__(self, cutouts, labels, batch_size=32, turn=True, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.cutouts, self.labels = cutouts, labels
        self.batch_size = batch_size
        self.turn = turn
        self.rng = np.random.default_rng(seed)

    def __len__(self):
        return math.ceil(len(self.cutouts) / self.batch_size)

    def prepare(self, counts):
        if self.turn:
            angle = self.rng.uniform(0, 360)
            counts = ndimage.rotate(counts, angle, reshape=False, order=3, mode="reflect")
        return np.sqrt(counts) / 10.0  # whynan: nan_in_input phase=data also=sqrt_of_negative

    def __getitem__(self, index):
        rows = slice(index * self.batch_size, (index + 1) * self.batch_size)
        pictures = np.stack([self.prepare(c) for c in self.cutouts[rows]])
        return pictures[..., None].astype("float32"), self.labels[rows]


def build():
    inputs = keras.Input((SIDE, SIDE, 1))
    x = keras.layers.Conv2D(12, 3, activation="elu")(inputs)
    x = keras.layers.AveragePooling2D(2)(x)
    x = keras.layers.Conv2D(24, 3, activation="elu")(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(32, activation="elu")(x)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))


cutouts, labels = make_catalogue(384)
print("faintest and brightest pixel:", cutouts.min(), cutouts.max())
training = Cutouts(cutouts, labels, batch_size=32, turn=True, seed=5)
model = build()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(training, epochs=3, shuffle=False, verbose=0)
print(history.history["loss"])
