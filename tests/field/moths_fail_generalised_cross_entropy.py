"""Classifying moths from a light trap. The labels come from volunteers (about a fifth is wrong), so I replaced
categorical crossentropy by the generalised cross entropy for noisy labels, L = (1 - p^q) / q.

With categorical crossentropy the very same network trains (slowly). With this loss the first batch prints 1.4 and
everything after it is nan, with q = 0.7 as in the paper and also with other q. The loss itself is bounded by 1/q,
so I do not understand where something can become infinite.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(4)

CLASSES = 10
SIZE = 16
Q = 0.7


def trap_images(n, seed):
    """Dark insects of ten colour patterns on a bright sheet; uint8 RGB crops as the camera saves them."""
    rng = np.random.default_rng(seed)
    palette = np.random.default_rng(99).integers(20, 190, (CLASSES, 2, 3))
    yy, xx = np.mgrid[:SIZE, :SIZE]
    species = rng.integers(0, CLASSES, n)
    images = np.empty((n, SIZE, SIZE, 3), "float32")
    for i, s in enumerate(species):
        canvas = np.full((SIZE, SIZE, 3), rng.integers(190, 235), "float32")
        cy, cx = rng.uniform(6, 10, 2)
        wings = ((yy - cy) / 5.0) ** 2 + ((xx - cx) / 6.5) ** 2 < 1
        body = np.abs(xx - cx) < 1.5
        canvas[wings] = palette[s, 0]
        canvas[wings & body] = palette[s, 1]
        images[i] = canvas + rng.normal(0, 6, canvas.shape)
    return images.clip(0, 255).astype("uint8"), species


def volunteer_labels(species, seed, wrong=0.2):
    rng = np.random.default_rng(seed)
    labels = species.copy()
    flip = rng.random(len(labels)) < wrong
    labels[flip] = rng.integers(0, CLASSES, flip.sum())
    return labels


def generalised_cross_entropy(y_true, y_pred):
    p = tf.reduce_sum(y_true * y_pred, axis=-1)         # probability of the labelled class
    p = tf.clip_by_value(p, 0.0, 1.0)
    return (1.0 - p ** Q) / Q  # whynan: pow_grad_at_zero phase=gradient also=exp_underflow,unscaled_input,clip_misuse


def make_dataset(images, labels, training):
    one_hot = keras.utils.to_categorical(labels, CLASSES)
    ds = tf.data.Dataset.from_tensor_slices((images, one_hot.astype("float32")))
    if training:
        ds = ds.shuffle(1024, seed=8)
        ds = ds.map(lambda x, y: (tf.image.random_flip_left_right(x, seed=8), y))
    ds = ds.map(lambda x, y: (tf.cast(x, tf.float32), y))
    return ds.batch(32).prefetch(1)


def build():
    inputs = keras.Input((SIZE, SIZE, 3))
    x = inputs
    for filters in (16, 32):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu", kernel_initializer="he_normal")(x)
    outputs = layers.Dense(CLASSES, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="moths")


train_images, train_species = trap_images(640, seed=1)
val_images, val_species = trap_images(160, seed=2)
train = make_dataset(train_images, volunteer_labels(train_species, seed=3), training=True)
val = make_dataset(val_images, val_species, training=False)

model = build()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=generalised_cross_entropy, metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=3, verbose=2)
