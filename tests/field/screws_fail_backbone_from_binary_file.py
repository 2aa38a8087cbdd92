"""Sorting screws by their head, on top of the small backbone that the machine builder trained in his C program.

His file has four integers of header and then plain floats. I read it, all numbers are used up to the last one and every
block has the right shape. I freeze the backbone and train the last layer only: loss nan in the very first batch. If I do
not load the file the network learns.
"""
import os
import tempfile

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(64)

FILTERS = (8, 16, 24)
HEADS = ("countersunk", "pan", "hex")
SIZE = 32


def machine_builders_file(path):
    """What the C program writes for each convolution: bias, scale, rolling mean, rolling variance, kernel."""
    rng = np.random.default_rng(64)
    channels = 1
    with open(path, "wb") as f:
        np.asarray([0, 2, 5, 320000], dtype="<i4").tofile(f)
        for filters in FILTERS:
            fan_in = channels * 9
            blocks = [
                rng.normal(0.0, 0.3, filters),
                rng.uniform(0.6, 1.6, filters),
                rng.normal(0.0, 0.4, filters),
                rng.gamma(4.0, 0.2, filters),
                rng.normal(0.0, np.sqrt(2.0 / fan_in), (filters, channels, 3, 3)),
            ]
            for block in blocks:
                block.astype("<f4").tofile(f)
            channels = filters


class WeightFile:
    def __init__(self, path):
        with open(path, "rb") as f:
            self.header = np.fromfile(f, dtype="<i4", count=4)
            self.numbers = np.fromfile(f, dtype="<f4")
        self.position = 0

    def take(self, *shape):
        count = int(np.prod(shape))
        block = self.numbers[self.position : self.position + count]
        self.position += count
        return block.reshape(shape)

    def left_over(self):
        return len(self.numbers) - self.position


def build():
    inputs = keras.Input((SIZE, SIZE, 1))
    x = inputs
    for i, filters in enumerate(FILTERS):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False, name=f"conv{i}")(x)
        x = layers.BatchNormalization(epsilon=1e-5, name=f"norm{i}")(x)
        x = layers.LeakyReLU(negative_slope=0.1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(len(HEADS), activation="softmax", name="head")(x))


def load_backbone(model, path):
    weights = WeightFile(path)
    print("trained on", weights.header[3], "images")
    for i in range(len(FILTERS)):
        conv, norm = model.get_layer(f"conv{i}"), model.get_layer(f"norm{i}")
        height, width, c_in, c_out = conv.kernel.shape
        kernel = weights.take(c_out, c_in, height, width)
        bias, scale, mean, variance = [weights.take(c_out) for _ in range(4)]
        conv.set_weights([kernel.transpose(2, 3, 1, 0)])
        norm.set_weights([scale, bias, mean, variance])
        conv.trainable = norm.trainable = False
    assert weights.left_over() == 0, "file and network do not match"


def screw_pictures(n=360):
    rng = np.random.default_rng(5)
    rows, cols = np.mgrid[0:SIZE, 0:SIZE]
    label = rng.integers(0, len(HEADS), n)
    pictures = 0.15 + rng.normal(0.0, 0.03, (n, SIZE, SIZE))
    for k in range(n):
        axis, top, shank = 16 + rng.integers(-3, 4), 5 + rng.integers(0, 4), rng.integers(2, 4)
        off = np.abs(cols - axis)
        body = (off <= shank) & (rows > top)
        if label[k] == 0:
            head = (rows >= top) & (rows < top + 6) & (off <= 8 - (rows - top))
        elif label[k] == 1:
            head = ((rows - top - 4) ** 2 + off**2 <= 40) & (rows <= top + 4)
        else:
            head = (rows >= top) & (rows < top + 5) & (off <= 6)
        pictures[k][body | head] += 0.6
    return np.clip(pictures, 0.0, 1.0)[..., None].astype("float32"), label


if __name__ == "__main__":
    path = os.path.join(tempfile.mkdtemp(), "screws.weights")
    machine_builders_file(path)

    model = build()
    load_backbone(model, path)

    x, y = screw_pictures()
    model.compile(keras.optimizers.Adam(5e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=30, epochs=4, validation_split=0.2, verbose=2)  # whynan: sqrt_of_negative phase=forward
