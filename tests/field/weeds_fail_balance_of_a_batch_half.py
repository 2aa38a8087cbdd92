"""Soil, crop or weed for every pixel of drone tiles (64 x 64), mixed precision, own training loop.

It ran for weeks with batches of 8 tiles. To use the graphics card better I doubled the batch and now the loss is nan
from the first step. I average in float32 already. Tiles are scaled to 0..1 and every class occurs in every batch.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

CONFIG = dict(tile=64, classes=3, batch=16, tiles=64, epochs=2, rate=1e-3, seed=9)


def fly_over(count, side, seed):
    """Rows of crop plants on soil with weeds in between; five bands would be nicer, the camera has three."""
    rng = np.random.default_rng(seed)
    labels = np.zeros((count, side, side), "int32")
    column = np.arange(side)
    for tile in labels:
        tile[:, (column + rng.integers(0, 16)) % 16 < 3] = 1
        for _ in range(rng.integers(2, 6)):
            top, left = rng.integers(0, side - 6, size=2)
            tile[top : top + 5, left : left + 6] = 2
    colour = np.array([[0.45, 0.33, 0.22], [0.20, 0.55, 0.18], [0.30, 0.60, 0.35]])
    images = colour[labels] + rng.normal(0.0, 0.06, size=labels.shape + (3,))
    return np.clip(images, 0.0, 1.0).astype("float32"), labels


def segmentation_net(side, classes):
    tile = keras.Input((side, side, 3))
    x = layers.Conv2D(12, 3, strides=2, padding="same", activation="relu")(tile)
    x = layers.Conv2D(12, 3, padding="same", activation="relu")(x)
    x = layers.UpSampling2D(2)(x)
    return keras.Model(tile, layers.Conv2D(classes, 1, name="scores")(x))


class BalancedCrossentropy:
    """Every class of the batch gets the same total weight."""

    def __init__(self, classes):
        self.classes = classes

    def class_weights(self, onehot):
        pixels = tf.cast(tf.size(onehot) // self.classes, onehot.dtype)  # whynan: float16_overflow phase=loss also=float16_constant_overflow
        found = tf.cast(tf.math.count_nonzero(onehot, axis=[0, 1, 2]), onehot.dtype)
        return pixels / tf.maximum(found, 1.0) / self.classes

    def __call__(self, labels, scores):
        onehot = tf.one_hot(labels, self.classes, dtype=scores.dtype)
        weighted = onehot * self.class_weights(onehot)
        per_pixel = -tf.reduce_sum(weighted * tf.nn.log_softmax(scores), axis=-1)
        return tf.reduce_mean(tf.cast(per_pixel, tf.float32))


class Trainer:
    def __init__(self, net, criterion, rate):
        self.net = net
        self.criterion = criterion
        self.optimizer = keras.optimizers.Adam(rate)
        self.optimizer.build(net.trainable_variables)

    @tf.function
    def step(self, images, labels):
        with tf.GradientTape() as tape:
            loss = self.criterion(labels, self.net(images, training=True))
        slopes = tape.gradient(loss, self.net.trainable_variables)
        self.optimizer.apply_gradients(zip(slopes, self.net.trainable_variables))
        return loss

    def run(self, batches, epochs):
        for epoch in range(epochs):
            losses = [float(self.step(images, labels)) for images, labels in batches]
            print(f"epoch {epoch}: " + "  ".join(f"{value:.4f}" for value in losses))


def main(cfg):
    keras.utils.set_random_seed(cfg["seed"])
    keras.mixed_precision.set_global_policy("mixed_float16")
    images, labels = fly_over(cfg["tiles"], cfg["tile"], cfg["seed"])
    print("class shares:", np.bincount(labels.ravel()) / labels.size)
    batches = tf.data.Dataset.from_tensor_slices((images, labels)).batch(cfg["batch"])
    net = segmentation_net(cfg["tile"], cfg["classes"])
    Trainer(net, BalancedCrossentropy(cfg["classes"]), cfg["rate"]).run(batches, cfg["epochs"])


main(CONFIG)
