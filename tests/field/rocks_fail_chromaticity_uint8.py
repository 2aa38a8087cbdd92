"""Mineral classification from photos: chromaticity (colour without brightness) as input of a small CNN."""
import argparse

import keras
import numpy as np
from keras import layers

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--batch", type=int, default=24)
parser.add_argument("--rate", type=float, default=1e-3)
args = parser.parse_args([])

keras.utils.set_random_seed(64)
MINERALS = {"basalt": (52, 50, 58), "olivine": (48, 74, 36), "garnet": (80, 34, 40), "quartz": (188, 180, 172)}


def photos(per_class=45, size=16):
    """uint8 photos as cv2.imread would return them (RGB order). No black pixels anywhere."""
    rng = np.random.default_rng(65)
    pictures, labels = [], []
    for label, colour in enumerate(MINERALS.values()):
        spread = 8 if max(colour) < 100 else 24
        texture = rng.normal(0, spread, (per_class, size, size, 3)) + np.asarray(colour)
        pictures.append(np.clip(texture, 8, 250).astype(np.uint8))
        labels += [label] * per_class
    pictures = np.concatenate(pictures)
    order = rng.permutation(len(labels))
    return pictures[order], np.asarray(labels)[order]


class Chromaticity:
    """r = R/(R+G+B), g = G/(R+G+B): independent of the exposure."""

    def __init__(self, centre=1.0 / 3.0, gain=4.0):
        self.centre = centre
        self.gain = gain

    def single(self, picture):
        red, green, blue = picture[..., 0], picture[..., 1], picture[..., 2]
        rg = np.stack([red, green], axis=-1) / (red + green + blue)[..., None]  # whynan: int_overflow phase=data rows=2,4,6,7,18,22,25,26,35,41,43,52,54,59,60,64,66,67,78,79,88,93,95,96,103,105,107,111,123,129,132,133,141,143,147,154,157,163,169,176 also=divide_by_zero,inf_in_input
        return (rg - self.centre) * self.gain

    def transform(self, pictures):
        return np.stack([self.single(p) for p in pictures]).astype("float32")


def network(shape, classes):
    image = keras.Input(shape)
    h = layers.Conv2D(12, 3, padding="same", activation="selu")(image)
    h = layers.AveragePooling2D(2)(h)
    h = layers.Conv2D(24, 3, padding="same", activation="selu")(h)
    h = layers.GlobalAveragePooling2D()(h)
    return keras.Model(image, layers.Dense(classes, activation="softmax")(h))


pictures, labels = photos()
assert pictures.min() > 0
features = Chromaticity().transform(pictures)
model = network(features.shape[1:], len(MINERALS))
model.compile(keras.optimizers.Adam(args.rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(features, labels, batch_size=args.batch, epochs=args.epochs, verbose=2)
