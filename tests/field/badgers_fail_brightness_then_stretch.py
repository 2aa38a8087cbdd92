"""Badger or fox at the sett, from an infrared camera at night. Without augmentation I reach 95 %. With RandomBrightness
in the tf.data pipeline the accuracy falls to a coin toss within the first epoch and never comes back. I stretch every
picture to [0, 1] after the augmentation so that the network always sees the same range."""
import keras
import numpy as np
import tensorflow as tf


class NightPictures:
    side = 24

    def __init__(self, count, seed):
        rng = np.random.default_rng(seed)
        self.species = rng.integers(0, 2, count)
        self.pictures = np.stack([self._picture(s, rng) for s in self.species])

    def _picture(self, species, rng):
        frame = rng.normal(14.0, 3.0, (self.side, self.side))
        r, c = rng.integers(4, 12, 2)
        if species == 0:                              # badger: broad body, light stripe
            frame[r:r + 6, c:c + 9] += 20.0
            frame[r + 2:r + 4, c:c + 9] += 12.0
        else:                                         # fox: narrow and long
            frame[r:r + 3, c:c + 11] += 24.0
        return np.clip(frame, 0, 255).round().astype("uint8")[..., None]


class Augment:
    """Applied to single pictures, before batching."""

    def __init__(self, strength):
        self.flip = keras.layers.RandomFlip("horizontal", seed=1)
        self.light = keras.layers.RandomBrightness(strength, value_range=(0, 255), seed=2)

    def apply(self, picture, species):
        picture = tf.cast(picture, tf.float32)
        picture = self.flip(picture, training=True)
        picture = self.light(picture, training=True)
        return stretch(picture), species


def stretch(picture):
    darkest = tf.reduce_min(picture)
    brightest = tf.reduce_max(picture)
    return (picture - darkest) / (brightest - darkest)  # whynan: zero_variance_normalisation phase=data also=divide_by_zero,nan_in_input


def make_model(side):
    return keras.Sequential([
        keras.Input(shape=(side, side, 1)),
        keras.layers.Conv2D(8, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(16, 3, activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(2, activation="softmax"),
    ])


def run(strength=0.3, epochs=5):
    keras.utils.set_random_seed(40)
    train, test = NightPictures(320, seed=40), NightPictures(96, seed=41)
    source = tf.data.Dataset.from_tensor_slices((train.pictures, train.species))
    augment = Augment(strength)
    fitted = source.map(augment.apply).batch(32)
    held_out = tf.data.Dataset.from_tensor_slices((test.pictures, test.species))
    held_out = held_out.map(lambda p, s: (stretch(tf.cast(p, tf.float32)), s)).batch(32)

    model = make_model(NightPictures.side)
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(fitted, validation_data=held_out, epochs=epochs, verbose=2)


run()
