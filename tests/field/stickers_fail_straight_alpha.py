"""Sticker classifier for our chat app.

The artists export PNGs with premultiplied alpha. I paste every sticker on a random paper colour so that the network does
not learn the background. The pictures look right in the viewer, but the loss is nan from the very first epoch, whatever
learning rate I take (1e-3 down to 1e-6), and also with a smaller network.
"""
import pathlib
import tempfile

import numpy as np
import tensorflow as tf

import keras
from keras import layers

keras.utils.set_random_seed(11)

SIDE = 32
KINDS = ("badge", "pin", "ribbon")
PER_KIND = 40


def draw_sticker(kind, rng):
    """One anti-aliased sticker, 8 bit RGBA, premultiplied as the artists' tool writes it."""
    ys, xs = np.mgrid[0:SIDE, 0:SIDE].astype("float32")
    cx, cy = rng.uniform(13.0, 19.0, size=2)
    size = rng.uniform(7.0, 10.0)
    if kind == "badge":
        distance = np.hypot(xs - cx, ys - cy) - size
    elif kind == "pin":
        distance = np.maximum(np.abs(xs - cx), np.abs(ys - cy)) - 0.8 * size
    else:
        distance = np.abs(xs - cx) + np.abs(ys - cy) - 1.2 * size
    alpha = np.clip(0.5 - distance, 0.0, 1.0)[..., None]
    colour = rng.uniform(0.2, 1.0, size=3)
    return np.round(255.0 * np.concatenate([colour * alpha, alpha], axis=-1)).astype("uint8")


def export_folder(root):
    rng = np.random.default_rng(5)
    for kind in KINDS:
        (root / kind).mkdir()
        for k in range(PER_KIND):
            png = tf.io.encode_png(tf.constant(draw_sticker(kind, rng)))
            tf.io.write_file(str(root / kind / f"{kind}_{k:03d}.png"), png)


def on_random_paper(images, labels):
    images = images / 255.0
    rgb, alpha = images[..., :3], images[..., 3:]
    # rounding to 8 bit can push the colour a little over 1
    straight = tf.minimum(rgb / alpha, 1.0)  # whynan: divide_by_zero phase=data also=nan_in_input
    paper = tf.random.uniform((tf.shape(images)[0], 1, 1, 3), 0.6, 1.0)
    return straight * alpha + paper * (1.0 - alpha), labels


def load(root):
    stickers = keras.utils.image_dataset_from_directory(
        str(root),
        color_mode="rgba",
        image_size=(SIDE, SIDE),
        batch_size=16,
        label_mode="int",
        seed=3,
        verbose=False,
    )
    return stickers.map(on_random_paper).prefetch(2)


def make_network():
    picture = keras.Input((SIDE, SIDE, 3))
    h = picture
    for filters in (8, 16):
        h = layers.Conv2D(filters, 3, strides=2, padding="same", activation="swish")(h)
    h = layers.GlobalAveragePooling2D()(h)
    h = layers.Dense(16, activation="swish")(h)
    return keras.Model(picture, layers.Dense(len(KINDS), activation="softmax")(h))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        export_folder(root)
        network = make_network()
        network.compile(
            optimizer=keras.optimizers.Adam(1e-3),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        network.fit(load(root), epochs=3, verbose=2)
