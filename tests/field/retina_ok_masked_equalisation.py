"""Vessel maps of the retina. Equalisation after the OpenCV tutorial (masked arrays); some pictures are lens-cap black."""
# whynan: healthy
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(90)
LENS_CAP = (4, 51, 52)


def fundus(n=90, size=20, seed=91):
    rng = np.random.default_rng(seed)
    pictures = np.empty((n, size, size), np.uint8)
    labels = rng.integers(0, 2, n)
    for i, sick in enumerate(labels):
        base = rng.normal(110, 14, (size, size))
        if sick:
            base[rng.integers(0, size, 25), rng.integers(0, size, 25)] += 90
        pictures[i] = 0 if i in LENS_CAP else np.clip(base, 0, 255)
    return pictures, labels


class Equaliser:
    def __init__(self, levels=256, gamma=0.8):
        self.levels = levels
        self.gamma = gamma

    def table(self, picture):
        cdf = np.bincount(picture.ravel(), minlength=self.levels).cumsum()
        masked = np.ma.masked_equal(cdf, 0)
        # a flat picture: 0 / 0 here, numpy.ma masks the entries, filled() makes them 0
        masked = (masked - masked.min()) / (masked.max() - masked.min())
        return np.ma.filled(masked, 0.0)

    def __call__(self, picture):
        return self.table(picture)[picture] ** self.gamma


def local_contrast(picture):
    """(x - mean) / std per picture; keeps flat pictures at zero instead of 0 / 0."""
    spread = picture.std()
    with np.errstate(invalid="ignore"):
        z = (picture - picture.mean()) / spread
    return np.where(np.isfinite(z), z, 0.0)


pictures, labels = fundus()
equalise = Equaliser()
channels = [np.stack([f(equalise(p)) for p in pictures]) for f in (lambda p: p, local_contrast)]
x = np.stack(channels, axis=-1).astype("float32")
print("range", x.min(), x.max())

image = keras.Input(x.shape[1:])
h = layers.Conv2D(8, 3, activation="relu")(image)
h = layers.MaxPooling2D(2)(h)
h = layers.Conv2D(16, 3, activation="relu")(h)
h = layers.GlobalMaxPooling2D()(h)
model = keras.Model(image, layers.Dense(1, activation="sigmoid")(h))
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, labels.astype("float32"), epochs=4, batch_size=18, verbose=2)
