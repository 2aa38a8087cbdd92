"""Tiny U-Net like segmentation, class-balanced loss with frequencies taken from each batch."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(1)
rng = np.random.RandomState(1)
CLASSES = 4


def make_scene():
    mask = np.zeros((16, 16), "int32")
    for c in (1, 2, 3):
        if c == 3 and rng.rand() > 0.06:
            continue
        y, x = rng.randint(0, 10, 2)
        mask[y:y + 5, x:x + 5] = c
    img = mask[..., None] * 0.3 + 0.1 * rng.randn(16, 16, 1)
    return img.astype("float32"), mask


scenes = [make_scene() for _ in range(160)]
images = np.stack([s[0] for s in scenes])
masks = keras.utils.to_categorical(np.stack([s[1] for s in scenes]), CLASSES)


def balanced_crossentropy(y_true, y_pred):
    freq = tf.reduce_mean(y_true, axis=[0, 1, 2])
    weights = -tf.math.log(freq)  # whynan: log_of_zero phase=loss
    y_pred = tf.clip_by_value(y_pred, 1e-6, 1.0)
    ce = -tf.reduce_sum(weights * y_true * tf.math.log(y_pred), axis=-1)
    return tf.reduce_mean(ce)


x_in = keras.Input((16, 16, 1))
d1 = layers.Conv2D(8, 3, padding="same", activation="elu")(x_in)
d2 = layers.Conv2D(16, 3, strides=2, padding="same", activation="elu")(d1)
u1 = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="elu")(d2)
out = layers.Conv2D(CLASSES, 1, activation="softmax")(layers.Concatenate()([d1, u1]))
unet = keras.Model(x_in, out)
unet.compile("adam", loss=balanced_crossentropy)
history = unet.fit(images, masks, batch_size=8, epochs=2, verbose=0)
print(history.history["loss"])
