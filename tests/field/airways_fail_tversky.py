# Airway segmentation on CT patches, small U-Net, focal Tversky loss (Abraham & Khan 2018)
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(2024)

IMG = 32
n_patches = 160
rng = np.random.default_rng(8)
folder = tempfile.mkdtemp(prefix="airways_")


def make_patch():
    yy, xx = np.mgrid[0:IMG, 0:IMG]
    cx, cy = rng.uniform(8, 24, 2)
    r = rng.uniform(4, 7)
    d = np.hypot(xx - cx, yy - cy)
    lumen = d < r
    ct = rng.normal(110, 12, (IMG, IMG))
    ct[lumen] -= 80
    ct[(d >= r) & (d < r + 1.5)] += 60
    return np.clip(ct, 0, 255), lumen


def write_png(name, picture):
    encoded = tf.io.encode_png(picture.astype("uint8")[..., None])
    tf.io.write_file(os.path.join(folder, name), encoded)


def read_png(path):
    return tf.io.decode_png(tf.io.read_file(path), channels=1).numpy().astype("float32")


for i in range(n_patches):
    ct, lumen = make_patch()
    write_png(f"ct_{i:03d}.png", ct)
    write_png(f"seg_{i:03d}.png", lumen * 255)


def read_folder(path):
    X, Y = [], []
    for i in range(n_patches):
        ct = read_png(os.path.join(path, f"ct_{i:03d}.png"))
        seg = read_png(os.path.join(path, f"seg_{i:03d}.png"))
        X.append(ct / 255.0)
        Y.append(seg)
    return np.array(X, "float32"), np.array(Y, "float32")


def tversky_index(y_true, y_pred, alpha=0.7, smooth=1.0):
    t = tf.reshape(y_true, [-1])
    p = tf.reshape(y_pred, [-1])
    tp = tf.reduce_sum(t * p)
    fn = tf.reduce_sum(t * (1.0 - p))
    fp = tf.reduce_sum((1.0 - t) * p)
    return (tp + smooth) / (tp + alpha * fn + (1.0 - alpha) * fp + smooth)


def focal_tversky(y_true, y_pred, gamma=0.75):
    ti = tversky_index(y_true, y_pred)
    return tf.pow(1.0 - ti, gamma)  # whynan: label_out_of_range phase=loss also=pow_domain


def unet():
    inp = keras.Input((IMG, IMG, 1))
    c1 = layers.Conv2D(8, 3, padding="same", activation="relu")(inp)
    p1 = layers.MaxPooling2D()(c1)
    c2 = layers.Conv2D(16, 3, padding="same", activation="relu")(p1)
    u1 = layers.UpSampling2D()(c2)
    m = layers.Concatenate()([u1, c1])
    c3 = layers.Conv2D(8, 3, padding="same", activation="relu")(m)
    return keras.Model(inp, layers.Conv2D(1, 1, activation="sigmoid")(c3))


images, masks = read_folder(folder)
print(images.shape, masks.shape, "foreground share", (masks > 0).mean())

net = unet()
net.compile(optimizer=keras.optimizers.Adam(5e-3), loss=focal_tversky)
net.fit(images, masks, batch_size=8, epochs=12, verbose=2)
