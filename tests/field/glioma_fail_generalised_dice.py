"""U-Net for brain tumour slices: 0 background, 1 oedema, 2 core, 3 enhancing part.

Plain soft dice works but never predicts class 3, so I changed to the generalised dice loss, which weights every class
with the inverse square of its volume. It runs for some batches with believable values (0.6 - 0.8), then the running
mean in the progress bar is nan. The smoothing term is there in numerator and denominator.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(9)

SIDE, CLASSES = 32, 4


def ellipse(shape, cy, cx, ry, rx):
    yy, xx = np.mgrid[: shape[0], : shape[1]]
    return ((yy - cy) / ry) ** 2 + ((xx - cx) / rx) ** 2 < 1


class SliceSequence(keras.utils.PyDataset):
    """Axial slices with their label maps; every patient contributes a few slices, many without contrast uptake."""

    def __init__(self, slices, batch_size, seed, **kwargs):
        super().__init__(**kwargs)
        self.batch_size = batch_size
        self.rng = np.random.default_rng(seed)
        self.images, self.maps = self._render(slices)

    def _render(self, n):
        images = np.zeros((n, SIDE, SIDE, 2), "float32")
        maps = np.zeros((n, SIDE, SIDE), "int64")
        for i in range(n):
            brain = ellipse((SIDE, SIDE), 16, 16, 14, 12)
            cy, cx = self.rng.uniform(11, 21, 2)
            r = self.rng.uniform(4, 7)
            maps[i][ellipse((SIDE, SIDE), cy, cx, r, r * 0.9)] = 1
            maps[i][ellipse((SIDE, SIDE), cy, cx, r * 0.6, r * 0.55)] = 2
            if self.rng.random() < 0.15:
                maps[i][ellipse((SIDE, SIDE), cy, cx, 2.0, 2.0)] = 3
            flair = brain * 0.4 + np.isin(maps[i], (1, 2, 3)) * 0.4
            t1c = brain * 0.5 - (maps[i] == 2) * 0.2 + (maps[i] == 3) * 0.5
            images[i] = np.stack([flair, t1c], -1) + self.rng.normal(0, 0.04, (SIDE, SIDE, 2))
        return images, maps

    def __len__(self):
        return len(self.images) // self.batch_size

    def __getitem__(self, index):
        part = slice(index * self.batch_size, (index + 1) * self.batch_size)
        return self.images[part], keras.utils.to_categorical(self.maps[part], CLASSES).astype("float32")


def generalised_dice(smooth=1e-5):
    def loss(y_true, y_pred):
        volume = tf.reduce_sum(y_true, axis=[0, 1, 2])
        weight = 1.0 / tf.square(volume)  # whynan: divide_by_zero phase=loss
        overlap = tf.reduce_sum(y_true * y_pred, axis=[0, 1, 2])
        total = tf.reduce_sum(y_true + y_pred, axis=[0, 1, 2])
        numerator = 2.0 * tf.reduce_sum(weight * overlap) + smooth
        denominator = tf.reduce_sum(weight * total) + smooth
        return 1.0 - numerator / denominator

    loss.__name__ = "generalised_dice"
    return loss


def conv_block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)


def small_unet():
    inputs = keras.Input((SIDE, SIDE, 2))
    first = conv_block(inputs, 8)
    second = conv_block(layers.MaxPooling2D()(first), 16)
    bottom = conv_block(layers.MaxPooling2D()(second), 24)
    up = layers.UpSampling2D()(bottom)
    up = conv_block(layers.Concatenate()([up, second]), 16)
    up = layers.UpSampling2D()(up)
    up = conv_block(layers.Concatenate()([up, first]), 8)
    outputs = layers.Conv2D(CLASSES, 1, activation="softmax")(up)
    return keras.Model(inputs, outputs, name="unet")


if __name__ == "__main__":
    train = SliceSequence(slices=160, batch_size=8, seed=1)
    model = small_unet()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=generalised_dice(), metrics=["categorical_accuracy"])
    model.fit(train, epochs=3, verbose=2)
