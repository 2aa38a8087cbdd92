"""Leaf disease classifier: images as uint8 array, augmentation in tf.data."""
import dataclasses

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(27)


@dataclasses.dataclass
class AugmentConfig:
    flip: bool = True
    gamma: tuple = (0.7, 1.4)
    noise: float = 0.02


class Augmenter:
    def __init__(self, cfg):
        self.cfg = cfg

    def _random_gamma(self, img):
        lo, hi = self.cfg.gamma
        gamma = tf.random.uniform([], lo, hi, seed=5)
        return tf.pow(img, gamma)  # whynan: pow_domain phase=data also=nan_in_input

    def __call__(self, img, label):
        if self.cfg.flip:
            img = tf.image.random_flip_left_right(img, seed=1)
        img = self._random_gamma(img)
        img = img + tf.random.normal(tf.shape(img), stddev=self.cfg.noise, seed=2)
        return img, label


def to_minus_one_one(img, label):
    # same preprocessing as mobilenet
    return tf.cast(img, tf.float32) / 127.5 - 1.0, label


def leaves(n=240, size=24):
    rng = np.random.default_rng(10)
    y = rng.integers(0, 3, n)
    x = rng.normal(90, 30, (n, size, size, 3))
    x[..., 1] += 40
    for i, k in enumerate(y):
        for _ in range(3 * k):
            r, c = rng.integers(0, size - 4, 2)
            x[i, r:r + 4, c:c + 4] = (150, 90, 30)
    return x.clip(0, 255).astype("uint8"), y.astype("int32")


def pipeline(x, y, batch=24):
    ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=0)
    ds = ds.map(to_minus_one_one).map(Augmenter(AugmentConfig()), num_parallel_calls=2)
    return ds.batch(batch).prefetch(1)


model = keras.Sequential([
    keras.Input((24, 24, 3)),
    keras.layers.Conv2D(8, 3, strides=2, padding="same"),
    keras.layers.BatchNormalization(),
    keras.layers.ReLU(),
    keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(3, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
x, y = leaves()
model.fit(pipeline(x, y), epochs=3, verbose=2)
