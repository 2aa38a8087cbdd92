"""Sorts a sticker pack (16x16 RGBA icons) into moods.

The colours of the packs differ a lot, so each icon is colour-whitened
before the first convolution.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)

N, S = 720, 16
MOODS = ["happy", "sad", "angry"]

yy, xx = np.mgrid[0:S, 0:S]
OUTLINES = {
    "disc": ((xx - 7.5) ** 2 + (yy - 7.5) ** 2) < 7.6 ** 2,
    "diamond": (np.abs(xx - 7.5) + np.abs(yy - 7.5)) < 9.5,
    "bubble": (yy < 12) | ((yy < 15) & (xx > 3) & (xx < 8)),
    "square": np.ones((S, S), bool),
}


def draw(mood, outline):
    base = rng.integers(60, 230, size=3)
    img = np.zeros((S, S, 4), np.float64)
    img[..., :3] = base + rng.normal(0, 18, size=(S, S, 3))
    # eyes
    img[5:7, 4:6, :3] = rng.integers(0, 60)
    img[5:7, 10:12, :3] = rng.integers(0, 60)
    # mouth
    for x in range(4, 12):
        bend = (x - 7.5) ** 2 / 6.0
        if mood == 0:
            y = 11 - bend * 0.8
        elif mood == 1:
            y = 9 + bend * 0.8
        else:
            y = 10
        img[int(round(y)), x, :3] = rng.integers(0, 60)
    inside = OUTLINES[outline]
    img[..., :3] *= inside[..., None]
    img[..., 3] = 255 * inside
    return np.clip(img, 0, 255).astype(np.uint8)


moods = rng.integers(0, len(MOODS), size=N)
outlines = rng.choice(["disc", "diamond", "bubble"], size=N, p=[0.7, 0.2, 0.1])
outlines = outlines.astype(object)
outlines[411] = "square"
icons = np.stack([draw(m, o) for m, o in zip(moods, outlines)])
icons = icons.astype("float32") / 255.0


class ColourWhitening(layers.Layer):
    """Decorrelates the channels of every image."""

    def call(self, x):
        pixels = tf.reshape(x, (-1, S * S, 4))
        pixels = pixels - tf.reduce_mean(pixels, axis=1, keepdims=True)
        cov = tf.matmul(pixels, pixels, transpose_a=True) / float(S * S)
        chol = tf.linalg.cholesky(cov)  # whynan: not_positive_definite phase=forward also=zero_variance_normalisation rows=411
        white = tf.linalg.triangular_solve(chol, tf.transpose(pixels, (0, 2, 1)))
        white = tf.transpose(white, (0, 2, 1))
        return tf.reshape(white, (-1, S, S, 4))


model = keras.Sequential(
    [
        layers.Input((S, S, 4)),
        ColourWhitening(),
        layers.Conv2D(16, 3, padding="same", activation="silu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, padding="same", activation="silu"),
        layers.Flatten(),
        layers.Dense(32, activation="silu"),
        layers.Dense(len(MOODS), activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(icons, moods, epochs=4, batch_size=32, verbose=2)
