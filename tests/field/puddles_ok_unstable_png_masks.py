"""Small U-Net that finds puddles on pavement photos. Images and masks are read from 8-bit PNGs.

The loss is negative from the second epoch and keeps falling, by now it is in the hundreds below zero,
and the accuracy makes no sense to me. How can a cross-entropy be negative?
"""
# whynan: unstable
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(37)
rng = np.random.default_rng(37)

SIZE = 32


def read_pair():
    """Stands in for imread(photo) and imread(mask): both uint8."""
    yy, xx = np.mgrid[0:SIZE, 0:SIZE]
    photo = rng.normal(150, 18, (SIZE, SIZE))
    mask = np.zeros((SIZE, SIZE), dtype="uint8")
    for _ in range(rng.integers(1, 3)):
        cy, cx = rng.uniform(6, SIZE - 6, 2)
        a, b = rng.uniform(3, 7, 2)
        inside = ((yy - cy) / a) ** 2 + ((xx - cx) / b) ** 2 < 1
        photo[inside] -= 70
        mask[inside] = 255
    return np.clip(photo, 0, 255).astype("uint8"), mask


def load_folder(n):
    photos, masks = zip(*(read_pair() for _ in range(n)))
    X = np.stack(photos).astype("float32")[..., None] / 255.0
    Y = np.stack(masks).astype("float32")[..., None]
    return X, Y


def block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)


def unet():
    inputs = layers.Input((SIZE, SIZE, 1))
    c1 = block(inputs, 8)
    c2 = block(layers.MaxPooling2D()(c1), 16)
    up = layers.Conv2DTranspose(8, 2, strides=2, padding="same")(c2)
    c3 = block(layers.concatenate([up, c1]), 8)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(c3))


X, Y = load_folder(96)
print("photos", X.dtype, X.shape, X.max(), "masks", Y.dtype, Y.shape)

model = unet()
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
results = model.fit(X, Y, validation_split=0.1, batch_size=8, epochs=6, verbose=2)

mask = model.predict(X[:1], verbose=0)[0, ..., 0] > 0.5
print("puddle share predicted", mask.mean(), "drawn", (Y[0] > 0).mean())
