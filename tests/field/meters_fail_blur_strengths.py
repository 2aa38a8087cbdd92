"""Reads single digits of water meters; augmentation imitates phones that are out of focus.

Accuracy is fine without augmentation. With the random blur in the tf.data pipeline the loss is nan in the first
epoch already. I looked at a few blurred pictures and they look as they should.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(88)

CONFIG = dict(batch=32, epochs=3, rate=1e-3, radius=2, strengths=np.linspace(0.0, 1.5, 7))


def gaussian_kernel(sigma, radius):
    offsets = tf.range(-radius, radius + 1, dtype=tf.float32)
    row = tf.exp(-tf.square(offsets) / (2.0 * tf.square(sigma)))  # whynan: divide_by_zero phase=data also=nan_in_input
    row = row / tf.reduce_sum(row)
    return row[:, None] * row[None, :]


class RandomBlur:
    """Blur with a strength that is drawn for every picture; strength 0 leaves it as it is."""

    def __init__(self, strengths, radius):
        self.strengths = tf.constant(strengths, tf.float32)
        self.radius = radius

    def __call__(self, image, label):
        pick = tf.random.uniform([], 0, tf.shape(self.strengths)[0], dtype=tf.int32)
        kernel = gaussian_kernel(self.strengths[pick], self.radius)
        blurred = tf.nn.conv2d(image[None], kernel[:, :, None, None], strides=1, padding="SAME")[0]
        return blurred, label


def pipeline(images, labels, augment):
    ds = tf.data.Dataset.from_tensor_slices((images, labels))
    if augment:
        ds = ds.shuffle(len(images), seed=88).map(RandomBlur(CONFIG["strengths"], CONFIG["radius"]))
    return ds.batch(CONFIG["batch"]).prefetch(1)


def make_model():
    return keras.Sequential([
        layers.Input((8, 8, 1)),
        layers.Conv2D(16, 3, padding="same", activation="swish"),
        layers.AveragePooling2D(2),
        layers.Conv2D(32, 3, padding="same", activation="swish"),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])


def main():
    digits = load_digits()
    images = (digits.images / 16.0).astype("float32")[..., None]
    tr_x, va_x, tr_y, va_y = train_test_split(images, digits.target, test_size=0.25, random_state=88)
    model = make_model()
    model.compile(optimizer=keras.optimizers.Adam(CONFIG["rate"]), loss="sparse_categorical_crossentropy",
                  metrics=["accuracy"])
    model.fit(pipeline(tr_x, tr_y, augment=True), validation_data=pipeline(va_x, va_y, augment=False),
              epochs=CONFIG["epochs"], verbose=2)


if __name__ == "__main__":
    main()
