"""Condition of returned shoes (like new / worn / broken) from the photos of the returns desk.

Photos come from three folders; colours are balanced per photo because the lamps differ. With two loader workers
the loss became nan, I first suspected the threads, but with one worker it is the same.
"""
import math

import keras
import numpy as np

keras.utils.set_random_seed(55)

FOLDERS = {"like_new": 0, "worn": 1, "broken": 2}
SIDE = 24


def shoot(rng, label, n):
    """uint8 photos: worn shoes are darker, broken ones have a bright line."""
    tone = np.array([150.0, 110.0, 80.0])[label]
    photos = rng.normal(tone, 25, (n, SIDE, SIDE, 3)) * np.array([1.0, 0.9, 0.75])
    if label == 2:
        rows = rng.integers(4, SIDE - 4, n)
        photos[np.arange(n), rows] += 120
    return np.clip(photos, 1, 255).astype("uint8")


def read_folders(per_folder=32):
    rng = np.random.default_rng(9)
    photos, labels = [], []
    for name, label in FOLDERS.items():
        photos.append(shoot(rng, label, per_folder))
        labels.append(np.full(per_folder, label))
    photos, labels = np.concatenate(photos), np.concatenate(labels)
    order = rng.permutation(len(photos))
    photos, labels = photos[order], labels[order]
    # two photos were taken under the yellow emergency light of the hall
    photos[[20, 27], :, :, 2] = 0
    return photos, labels.astype("int32")


class ReturnsDesk(keras.utils.PyDataset):
    def __init__(self, photos, labels, batch_size=16, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.photos, self.labels = photos, labels
        self.batch_size = batch_size
        self.seed = seed

    def __len__(self):
        return math.ceil(len(self.photos) / self.batch_size)

    def white_balance(self, batch):
        channel = batch.mean(axis=(1, 2), keepdims=True)
        gain = channel.mean(axis=-1, keepdims=True) / channel  # whynan: divide_by_zero phase=data rows=4,11 also=nan_in_input,inf_in_input
        return np.clip(batch * gain, 0.0, 255.0)

    def __getitem__(self, index):
        part = slice(index * self.batch_size, (index + 1) * self.batch_size)
        batch = self.photos[part].astype("float32")
        flip = np.random.default_rng(self.seed + index).random(len(batch)) < 0.5
        batch[flip] = batch[flip, :, ::-1]
        return self.white_balance(batch) / 255.0, self.labels[part]


def small_cnn():
    inputs = keras.Input((SIDE, SIDE, 3))
    x = inputs
    for filters in (8, 16):
        x = keras.layers.Conv2D(filters, 3, padding="same", activation="swish")(x)
        x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(len(FOLDERS), activation="softmax")(x))


if __name__ == "__main__":
    photos, labels = read_folders()
    desk = ReturnsDesk(photos, labels, workers=2, use_multiprocessing=False)
    model = small_cnn()
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(desk, epochs=4, verbose=2)
