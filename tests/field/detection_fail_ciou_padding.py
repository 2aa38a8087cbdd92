"""Tiny one-stage detector, ground truth padded to MAX_BOXES with zeros. iou_loss worked, ciou gives nan."""
import math
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
MAX_BOXES = 4
EPS = 1e-7


def make_sample():
    img = rng.normal(0, 0.1, size=(32, 32, 1))
    boxes = np.zeros((MAX_BOXES, 4))
    for i in range(rng.integers(1, MAX_BOXES)):  # never full, at least one padded slot
        cx, cy = rng.uniform(0.3, 0.7, 2)
        w, h = rng.uniform(0.1, 0.4, 2)
        boxes[i] = cx, cy, w, h
        img[int(32 * (cy - h / 2)) : int(32 * (cy + h / 2)), int(32 * (cx - w / 2)) : int(32 * (cx + w / 2))] += 1
    return img, boxes


samples = [make_sample() for _ in range(128)]
images = np.stack([s[0] for s in samples]).astype("float32")
gt = np.stack([s[1] for s in samples]).astype("float32")


def corners(b):
    return b[..., :2] - b[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2


def bbox_ciou(pred, true):
    p1, p2 = corners(pred)
    t1, t2 = corners(true)
    wh = tf.maximum(tf.minimum(p2, t2) - tf.maximum(p1, t1), 0.0)
    inter = wh[..., 0] * wh[..., 1]
    union = pred[..., 2] * pred[..., 3] + true[..., 2] * true[..., 3] - inter
    iou = inter / (union + EPS)
    enclose = tf.maximum(p2, t2) - tf.minimum(p1, t1)
    c2 = tf.reduce_sum(tf.square(enclose), -1) + EPS
    rho2 = tf.reduce_sum(tf.square(pred[..., :2] - true[..., :2]), -1)
    ar_pred = tf.atan(pred[..., 2] / pred[..., 3])
    ar_gt = tf.atan(true[..., 2] / true[..., 3])  # whynan: degenerate_box phase=loss also=divide_by_zero
    v = 4.0 / math.pi**2 * tf.square(ar_gt - ar_pred)
    alpha = v / (1.0 - iou + v + EPS)
    return iou - rho2 / c2 - alpha * v


class CIoULoss(keras.losses.Loss):
    def call(self, y_true, y_pred):
        object_mask = tf.cast(y_true[..., 2] > 0, tf.float32)
        per_box = (1.0 - bbox_ciou(y_pred, y_true)) * object_mask
        return tf.reduce_sum(per_box, -1) / tf.reduce_sum(object_mask, -1)


inp = keras.Input((32, 32, 1))
x = keras.layers.Conv2D(8, 3, strides=2, activation="relu")(inp)
x = keras.layers.Conv2D(16, 3, strides=2, activation="relu")(x)
x = keras.layers.Flatten()(x)
xy = keras.layers.Dense(MAX_BOXES * 2, activation="sigmoid")(x)
wh = keras.layers.Dense(MAX_BOXES * 2, activation="softplus")(x)
xy = keras.layers.Reshape((MAX_BOXES, 2))(xy)
wh = keras.layers.Reshape((MAX_BOXES, 2))(wh)
detector = keras.Model(inp, keras.layers.Concatenate()([xy, wh]))
detector.compile(keras.optimizers.Adam(1e-3), loss=CIoULoss())
detector.fit(images, gt, batch_size=16, epochs=2, verbose=2)
