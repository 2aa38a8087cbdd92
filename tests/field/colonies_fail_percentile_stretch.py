"""Counting fluorescent colonies on small plate photos, background already subtracted by the reader.

No plate is blank (there is an assert for that) and the stretch ignores hot pixels. The training goes for some batches and
then the loss is nan. Which batch it is changes with the seed.
"""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(33)
SIDE, CELL = 32, 4


def photograph(rng, colonies):
    """uint16 picture; colonies are 3 x 3 pixels and never touch."""
    picture = np.zeros((SIDE, SIDE), dtype="uint16")
    per_side = SIDE // CELL
    for place in rng.choice(per_side * per_side, size=colonies, replace=False):
        top, left = CELL * (place // per_side), CELL * (place % per_side)
        glow = rng.integers(500, 3200) * np.array([[0.5, 0.8, 0.5], [0.8, 1.0, 0.8], [0.5, 0.8, 0.5]])
        picture[top:top + 3, left:left + 3] = glow.astype("uint16")
    return picture


def plate_reader(plates=240):
    rng = np.random.default_rng(33)
    counts = rng.integers(5, 30, plates)
    counts[[12, 47, 90, 133, 201]] = 1      # the highest dilution
    return np.stack([photograph(rng, c) for c in counts]), counts


def stretch(picture, low=2, high=98):
    """Contrast stretch between two percentiles, as in the microscope software."""
    picture = picture.astype("float32")
    dark, bright = np.percentile(picture, (low, high))
    return np.clip((picture - dark) / (bright - dark), 0.0, 1.0)  # whynan: zero_variance_normalisation phase=data also=divide_by_zero,nan_in_input


class Plates(keras.utils.PyDataset):
    def __init__(self, pictures, counts, batch=20, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.pictures, self.counts, self.batch = pictures, counts, batch
        self.rng = np.random.default_rng(seed)
        self.order = self.rng.permutation(len(pictures))

    def __len__(self):
        return int(np.ceil(len(self.pictures) / self.batch))

    def __getitem__(self, index):
        rows = self.order[index * self.batch:(index + 1) * self.batch]
        x = np.stack([stretch(self.pictures[r]) for r in rows])[..., None]
        if self.rng.random() < 0.5:
            x = x[:, :, ::-1]
        return x.astype("float32"), np.log(self.counts[rows]).astype("float32")[:, None]

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.pictures))


def counter():
    return keras.Sequential([
        keras.Input((SIDE, SIDE, 1)),
        layers.Conv2D(12, 3, strides=2, padding="same", activation="swish"),
        layers.Conv2D(24, 3, strides=2, padding="same", activation="swish"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(16, activation="swish"),
        layers.Dense(1),
    ])


pictures, counts = plate_reader()
assert pictures.reshape(len(pictures), -1).std(axis=1).min() > 0, "a blank plate"

model = counter()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
model.fit(Plates(pictures, counts, seed=4), epochs=3, verbose=2)
