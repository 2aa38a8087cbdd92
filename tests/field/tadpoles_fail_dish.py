"""Locate the tadpole in a petri dish photo (one animal per dish).

Annotations were drawn on the 640 px photos; training runs on 32 px thumbnails.
Targets are centre and log size relative to an anchor, as in the detector papers.
"""
import csv
import os
import tempfile

import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)
RNG = np.random.default_rng(8)

FULL = 640
SMALL = 32
ANCHOR = 4.0
N = 800


def photograph(folder):
    thumbs = np.zeros((N, SMALL, SMALL, 1), "float32")
    grid = (np.arange(SMALL) + 0.5) * FULL / SMALL
    with open(os.path.join(folder, "boxes.csv"), "w", newline="") as fh:
        out = csv.writer(fh)
        out.writerow(["image", "x1", "y1", "x2", "y2", "stage"])
        for i in range(N):
            w, h = np.clip(RNG.lognormal(np.log(60), 0.7, 2), 8, 300)
            x1 = RNG.uniform(5, FULL - w - 5)
            y1 = RNG.uniform(5, FULL - h - 5)
            gx = np.exp(-0.5 * ((grid - x1 - w / 2) / (w / 2 + 6)) ** 2)
            gy = np.exp(-0.5 * ((grid - y1 - h / 2) / (h / 2 + 6)) ** 2)
            thumbs[i, :, :, 0] = 0.9 - 0.8 * np.outer(gy, gx) + RNG.normal(0, 0.03, (SMALL, SMALL))
            out.writerow([f"dish_{i:04d}.jpg", round(x1), round(y1), round(x1 + w), round(y1 + h),
                          int(RNG.integers(20, 42))])
    np.save(os.path.join(folder, "thumbs.npy"), thumbs)


def read(folder):
    images = np.load(os.path.join(folder, "thumbs.npy"))
    table = pd.read_csv(os.path.join(folder, "boxes.csv"))
    boxes = table[["x1", "y1", "x2", "y2"]].to_numpy() * (SMALL / FULL)
    return images, boxes.astype("int32")


def encode(image, box):
    x1, y1, x2, y2 = tf.unstack(tf.cast(box, tf.float32))
    centre = tf.stack([x1 + x2, y1 + y2]) / (2.0 * SMALL)
    size = tf.math.log(tf.stack([x2 - x1, y2 - y1]) / ANCHOR)  # whynan: degenerate_box phase=data
    return image, tf.concat([centre, size], axis=0)


def build():
    return keras.Sequential([
        keras.Input((SMALL, SMALL, 1)),
        keras.layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
        keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(4),
    ])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as tmp:
        photograph(tmp)
        images, boxes = read(tmp)

    cut = N - 100
    ds = tf.data.Dataset.from_tensor_slices((images[:cut], boxes[:cut]))
    ds = ds.map(encode).shuffle(200, seed=2).batch(25)

    model = build()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.Huber())
    for epoch in range(4):
        model.reset_metrics()
        for xb, yb in ds:
            running = model.train_on_batch(xb, yb)
        print("epoch", epoch, "huber", float(running))

    centre = model.predict(images[cut:], verbose=0)[:, :2] * SMALL
    true = (boxes[cut:, :2] + boxes[cut:, 2:]) / 2.0
    print("centre error, px:", np.abs(centre - true).mean())
