"""
Slope camera: is there a snowboarder in the crop or not?
32x32 grey crops, a bit of augmentation, a small convnet.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SEED = 77
keras.utils.set_random_seed(SEED)
AUTOTUNE = tf.data.AUTOTUNE


def synth_crops(n):
    g = np.random.default_rng(SEED)
    x = np.zeros((n, 32, 32, 1), np.uint8)
    y = g.integers(0, 2, n)
    for i in range(n):
        snow = g.uniform(205, 235)
        slope = np.linspace(-6, 6, 32)[:, None] * g.choice([-1, 1])
        img = snow + slope + g.normal(0, 5, (32, 32))
        if y[i]:
            r, c = g.integers(3, 16), g.integers(4, 24)
            img[r:r + 9, c:c + 4] = g.uniform(20, 90)               # rider
            img[r + 9:r + 11, max(c - 3, 0):c + 7] = g.uniform(10, 60)   # board
        x[i, ..., 0] = np.clip(img, 0, 255)
    return x, y.astype("float32")


def augment(img, label):
    img = tf.image.convert_image_dtype(img, tf.float32)
    img = tf.image.random_flip_left_right(img)
    img = tf.image.random_brightness(img, max_delta=0.4)
    img = tf.clip_by_value(img, 0.0, 1.0)
    return img, label


def standardise(img, label):
    img = (img - tf.reduce_mean(img)) / tf.math.reduce_std(img)  # whynan: zero_variance_normalisation phase=data also=divide_by_zero
    return img, label


def main():
    x, y = synth_crops(800)
    cut = 640
    train = (
        tf.data.Dataset.from_tensor_slices((x[:cut], y[:cut]))
        .shuffle(cut)
        .map(augment, num_parallel_calls=AUTOTUNE)
        .map(standardise, num_parallel_calls=AUTOTUNE)
        .batch(32)
        .prefetch(AUTOTUNE)
    )
    val = (
        tf.data.Dataset.from_tensor_slices((x[cut:], y[cut:]))
        .map(lambda a, b: (tf.image.convert_image_dtype(a, tf.float32), b))
        .map(standardise)
        .batch(32)
    )

    model = keras.Sequential([
        layers.Input((32, 32, 1)),
        layers.Conv2D(12, 3, strides=2, use_bias=False),
        layers.BatchNormalization(),
        layers.Activation("gelu"),
        layers.Conv2D(24, 3, strides=2, use_bias=False),
        layers.BatchNormalization(),
        layers.Activation("gelu"),
        layers.GlobalAveragePooling2D(),
        layers.Dropout(0.2),
        layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(
        optimizer=keras.optimizers.AdamW(1e-3),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(train, validation_data=val, epochs=4, verbose=2)


main()
