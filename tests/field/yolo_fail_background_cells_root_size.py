"""Small YOLO (v1 style, one box per cell) for parts on a conveyor belt.

The loss is nan at once. The annotations were checked: no box is empty, none leaves the image, the grid cells of the
objects are right and all the numbers in the targets are between 0 and 1. Width and height are biased to 0.3, a
typical part, so that the root starts in a sane place.
"""
import math

import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(21)
SIZE, GRID, CLASSES = 32, 4, 2


class ConveyorSequence(keras.utils.PyDataset):
    """Draws bright bars (class 0) and plates (class 1) on a dark belt."""

    def __init__(self, batches, batch_size, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.batches, self.batch_size, self.seed = batches, batch_size, seed

    def __len__(self):
        return self.batches

    def draw(self, rng):
        image = rng.uniform(0.0, 0.15, (SIZE, SIZE, 1)).astype("float32")
        target = np.zeros((GRID, GRID, 5 + CLASSES), "float32")
        for _ in range(rng.integers(1, 3)):
            kind = int(rng.integers(0, CLASSES))
            h = int(rng.integers(4, 8)) if kind == 0 else int(rng.integers(8, 16))
            w = int(rng.integers(12, 20)) if kind == 0 else int(rng.integers(8, 16))
            top, left = int(rng.integers(0, SIZE - h)), int(rng.integers(0, SIZE - w))
            image[top : top + h, left : left + w] = rng.uniform(0.6, 1.0)
            cx, cy = (left + w / 2) / SIZE * GRID, (top + h / 2) / SIZE * GRID
            col, row = int(cx), int(cy)
            target[row, col, :5] = (cx - col, cy - row, w / SIZE, h / SIZE, 1.0)
            target[row, col, 5:] = 0.0
            target[row, col, 5 + kind] = 1.0
        return image, target

    def __getitem__(self, index):
        rng = np.random.default_rng(self.seed * 1000 + index)
        images, targets = zip(*(self.draw(rng) for _ in range(self.batch_size)))
        return np.stack(images), np.stack(targets)


class YoloLoss(keras.losses.Loss):
    def __init__(self, coord=5.0, noobj=0.5, name="yolo"):
        super().__init__(name=name)
        self.coord, self.noobj = coord, noobj

    def call(self, y_true, y_pred):
        obj = y_true[..., 4:5]
        cells = [1, 2, 3]
        xy = tf.square(tf.sigmoid(y_pred[..., 0:2]) - y_true[..., 0:2])
        # small boxes must count as much as large ones
        wh = tf.square(tf.sqrt(y_pred[..., 2:4]) - tf.sqrt(y_true[..., 2:4]))  # whynan: sqrt_of_negative phase=loss|forward
        box = tf.reduce_sum(obj * xy, cells) + tf.reduce_sum(obj * wh, cells)
        conf = tf.nn.sigmoid_cross_entropy_with_logits(labels=obj, logits=y_pred[..., 4:5])
        conf = tf.reduce_sum((obj + self.noobj * (1.0 - obj)) * conf, cells)
        kind = tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true[..., 5:], logits=y_pred[..., 5:])
        return self.coord * box + conf + tf.reduce_sum(obj * kind, cells)


def head_bias(shape, dtype=None):
    prior = [0.0, 0.0, 0.3, 0.3, -math.log(9.0)] + [0.0] * CLASSES
    return tf.constant(prior, dtype=dtype or "float32")


def conv_block(x, filters):
    x = layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.LeakyReLU(negative_slope=0.1)(x)


def tiny_yolo():
    image = keras.Input((SIZE, SIZE, 1))
    x = image
    for filters in (8, 16, 32):
        x = conv_block(x, filters)
    cells = layers.Conv2D(5 + CLASSES, 1, bias_initializer=head_bias, name="head")(x)
    return keras.Model(image, cells)


def main():
    model = tiny_yolo()
    model.compile(optimizer=keras.optimizers.SGD(1e-3, momentum=0.9), loss=YoloLoss())
    model.fit(ConveyorSequence(30, 16, seed=4), epochs=2, verbose=2)


main()
