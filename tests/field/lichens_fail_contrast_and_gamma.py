"""Photographs of gravestones: is the orange lichen on it or not?

Training is fine with flips only. With the photometric augmentation from my notes the loss is nan in the first steps;
the images themselves are all between 0 and 1 (I checked min and max of the whole array). Reducing the learning rate and
adding BatchNormalization did not help.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SIDE = 24
CONFIG = dict(contrast=(0.7, 1.4), gamma_span=0.35, batch=32, epochs=3, lr=1e-3)


def gravestones(n, seed):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[0:SIDE, 0:SIDE]
    photos = np.zeros((n, SIDE, SIDE, 3), "float32")
    has_lichen = rng.random(n) < 0.5
    for i in range(n):
        stone = 0.30 + 0.12 * rng.random() + rng.normal(0, 0.03, (SIDE, SIDE, 1))
        photo = stone * np.array([1.0, 0.98, 0.93])
        for row in rng.integers(3, SIDE - 3, 3):  # engraved letters lie in shadow
            left = rng.integers(2, 8)
            photo[row : row + 1, left : left + rng.integers(6, 12)] = rng.uniform(0.01, 0.05)
        for _ in range(rng.integers(1, 4)):
            cy, cx, r = rng.uniform(4, SIDE - 4), rng.uniform(4, SIDE - 4), rng.uniform(1.5, 3.5)
            spot = (yy - cy) ** 2 + (xx - cx) ** 2 < r * r
            photo[spot] = [0.85, 0.55, 0.12] if has_lichen[i] else [0.55, 0.58, 0.55]
        photos[i] = np.clip(photo, 0.0, 1.0)
    return photos, has_lichen.astype("float32")[:, None]


def photometric(image, label):
    image = tf.image.random_flip_left_right(image)
    image = tf.image.random_contrast(image, *CONFIG["contrast"])
    image = tf.minimum(image, 1.0)
    gamma = tf.exp(tf.random.uniform([], -CONFIG["gamma_span"], CONFIG["gamma_span"]))
    image = tf.pow(image, gamma)  # whynan: pow_domain phase=data also=nan_in_input,clip_misuse
    return image, label


def pipeline(photos, labels, training):
    ds = tf.data.Dataset.from_tensor_slices((photos, labels))
    if training:
        ds = ds.shuffle(len(photos), seed=5).map(photometric)
    return ds.batch(CONFIG["batch"]).prefetch(1)


class LichenNet(keras.Model):
    def __init__(self, widths=(12, 24), **kwargs):
        super().__init__(**kwargs)
        self.convs = [layers.Conv2D(w, 3, strides=2, padding="same", use_bias=False) for w in widths]
        self.norms = [layers.BatchNormalization() for _ in widths]
        self.pool = layers.GlobalAveragePooling2D()
        self.head = layers.Dense(1)

    def call(self, x, training=False):
        for conv, norm in zip(self.convs, self.norms):
            x = keras.activations.silu(norm(conv(x), training=training))
        return self.head(self.pool(x))


def main():
    keras.utils.set_random_seed(31)
    photos, labels = gravestones(320, seed=1)
    val_photos, val_labels = gravestones(96, seed=2)
    print("pixels from", photos.min(), "to", photos.max())

    net = LichenNet()
    net.compile(
        optimizer=keras.optimizers.Adam(CONFIG["lr"], clipnorm=1.0),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    net.fit(
        pipeline(photos, labels, training=True),
        validation_data=pipeline(val_photos, val_labels, training=False),
        epochs=CONFIG["epochs"],
        verbose=2,
    )


main()
