"""Fouling of ship hulls: segment barnacles on diver photos (small crops)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)
SIZE = 32


def make_crop():
    photo = rng.normal(80, 14, (SIZE, SIZE, 3)) + rng.normal(0, 8, (1, 1, 3))
    mask = np.zeros((SIZE, SIZE), bool)
    yy, xx = np.mgrid[:SIZE, :SIZE]
    for _ in range(rng.integers(3, 8)):
        cy, cx = rng.uniform(3, SIZE - 3, 2)
        r = rng.uniform(2.0, 4.5)
        mask |= (yy - cy) ** 2 + (xx - cx) ** 2 < r * r
    photo[mask] += rng.normal(95, 12, (mask.sum(), 1))
    return np.clip(photo, 0, 255).astype("uint8"), mask.astype("uint8") * 255


def load_crops(n):
    pairs = [make_crop() for _ in range(n)]
    photos = np.stack([p for p, _ in pairs])
    masks = np.stack([m for _, m in pairs])[..., None]
    return photos.astype("float32") / 255.0, masks.astype("float32")


def focal_tversky(y_true, y_pred, alpha=0.7, gamma=0.75, smooth=1.0):
    # misses hurt more than false alarms (Abraham & Khan)
    tp = tf.reduce_sum(y_true * y_pred)
    fn = tf.reduce_sum(y_true * (1.0 - y_pred))
    fp = tf.reduce_sum((1.0 - y_true) * y_pred)
    tversky = (tp + smooth) / (tp + alpha * fn + (1.0 - alpha) * fp + smooth)
    return tf.pow(1.0 - tversky, gamma)  # whynan: label_out_of_range phase=loss|data also=label_not_in_unit_interval


def conv(filters):
    return layers.Conv2D(filters, 3, padding="same", activation="relu")


def little_net():
    inputs = layers.Input((SIZE, SIZE, 3))
    a = conv(8)(inputs)
    b = layers.MaxPooling2D()(a)
    b = conv(16)(b)
    b = layers.UpSampling2D()(b)
    c = layers.Concatenate()([a, b])
    c = conv(8)(c)
    outputs = layers.Conv2D(1, 1, activation="sigmoid")(c)
    return keras.Model(inputs, outputs, name="hull")


x, y = load_crops(300)
print("photos", x.shape, x.min(), x.max(), "fouled pixels", (y > 0).mean())

model = little_net()
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=focal_tversky)
model.fit(x, y, batch_size=10, epochs=8, verbose=2)

p = model.predict(x[:50], verbose=0) > 0.5
t = y[:50] > 0
print("iou", (p & t).sum() / (p | t).sum())
