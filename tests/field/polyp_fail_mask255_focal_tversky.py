"""Binary segmentation from a folder of PNG images and masks. Loss is fine for a while, then nan."""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(14)
root = tempfile.mkdtemp()


def write_folder(n=48, size=24):
    rng = np.random.default_rng(14)
    for i in range(n):
        img = rng.integers(20, 90, (size, size, 3), dtype=np.uint8)
        mask = np.zeros((size, size, 1), np.uint8)
        r, c = rng.integers(2, 10, 2)
        img[r:r + 11, c:c + 11] += np.uint8(120)
        mask[r:r + 11, c:c + 11] = 255
        tf.io.write_file(os.path.join(root, f"{i:03d}_img.png"), tf.io.encode_png(img))
        tf.io.write_file(os.path.join(root, f"{i:03d}_mask.png"), tf.io.encode_png(mask))


def load_pair(img_path):
    mask_path = tf.strings.regex_replace(img_path, "_img", "_mask")
    img = tf.io.decode_png(tf.io.read_file(img_path), channels=3)
    mask = tf.io.decode_png(tf.io.read_file(mask_path), channels=1)
    img = tf.ensure_shape(tf.cast(img, tf.float32) / 255.0, (24, 24, 3))
    mask = tf.ensure_shape(tf.cast(mask, tf.float32), (24, 24, 1))
    return img, mask


def focal_tversky(y_true, y_pred, alpha=0.3, beta=0.7, gamma=0.75, smooth=1.0):
    axes = [1, 2, 3]
    tp = tf.reduce_sum(y_true * y_pred, axes)
    fp = tf.reduce_sum((1.0 - y_true) * y_pred, axes)
    fn = tf.reduce_sum(y_true * (1.0 - y_pred), axes)
    tversky = (tp + smooth) / (tp + alpha * fp + beta * fn + smooth)
    return tf.pow(1.0 - tversky, gamma)  # whynan: label_out_of_range phase=loss also=pow_domain,label_not_in_unit_interval


write_folder()
paths = sorted(tf.io.gfile.glob(os.path.join(root, "*_img.png")))
ds = tf.data.Dataset.from_tensor_slices(paths).map(load_pair).cache().shuffle(48, seed=1).batch(8)

model = keras.Sequential([
    keras.Input((24, 24, 3)),
    layers.Conv2D(8, 3, padding="same", activation="relu"),
    layers.Conv2D(8, 3, padding="same", activation="relu"),
    layers.Conv2D(1, 1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(1e-2), loss=focal_tversky)
model.fit(ds, epochs=25, verbose=2)
