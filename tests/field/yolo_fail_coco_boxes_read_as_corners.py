"""YOLOv1 from scratch (VOC tutorial), now on annotations exported in COCO format."""
import logging

import numpy as np
import tensorflow as tf
import keras
from keras import layers

log = logging.getLogger("yolo")
logging.basicConfig(level=logging.INFO)

SIZE, S = 48, 4
LAMBDA_COORD, LAMBDA_NOOBJ = 5.0, 0.5


def fake_coco(n, seed=0):
    """images and a COCO-like annotation list, bbox = [x, y, width, height] in pixels"""
    rng = np.random.default_rng(seed)
    images = rng.uniform(0, 0.2, (n, SIZE, SIZE, 3)).astype("float32")
    annotations = []
    for image_id in range(n):
        w, h = rng.integers(8, 20, 2)
        x, y = rng.integers(0, SIZE - w), rng.integers(0, SIZE - h)
        images[image_id, y:y + h, x:x + w] += rng.uniform(0.4, 0.8, 3)
        annotations.append({"image_id": image_id, "category_id": 1, "bbox": [int(x), int(y), int(w), int(h)]})
    return images, annotations


def encode(annotations, n):
    """grid target (S, S, 5): objectness, cx, cy, w, h"""
    target = np.zeros((n, S, S, 5), "float32")
    for ann in annotations:
        xmin, ymin, xmax, ymax = np.asarray(ann["bbox"], "float32") / SIZE
        cx, cy = (xmin + xmax) / 2, (ymin + ymax) / 2
        col, row = min(int(cx * S), S - 1), min(int(cy * S), S - 1)
        target[ann["image_id"], row, col] = [1.0, cx * S - col, cy * S - row, xmax - xmin, ymax - ymin]
    return target


def split_cells(t):
    return t[..., 0], t[..., 1:3], t[..., 3:5]


def size_error(true_wh, pred_wh):
    # square roots, so that small boxes count as much as large ones
    delta = tf.sqrt(true_wh) - tf.sqrt(pred_wh + 1e-6)  # whynan: degenerate_box phase=loss also=sqrt_of_negative
    return tf.reduce_sum(tf.square(delta), axis=-1)


class YoloLoss(keras.losses.Loss):
    def __init__(self, coord=LAMBDA_COORD, noobj=LAMBDA_NOOBJ, name="yolo_loss"):
        super().__init__(name=name)
        self.coord, self.noobj = coord, noobj

    def call(self, y_true, y_pred):
        obj, true_xy, true_wh = split_cells(y_true)
        conf, pred_xy, pred_wh = split_cells(y_pred)
        xy_loss = obj * tf.reduce_sum(tf.square(true_xy - pred_xy), axis=-1)
        wh_loss = obj * size_error(true_wh, pred_wh)
        obj_loss = obj * tf.square(1.0 - conf)
        noobj_loss = (1.0 - obj) * tf.square(conf)
        per_cell = self.coord * (xy_loss + wh_loss) + obj_loss + self.noobj * noobj_loss
        return tf.reduce_sum(per_cell, axis=[1, 2])


def tiny_yolo():
    inputs = keras.Input((SIZE, SIZE, 3))
    x = inputs
    for filters in (8, 16, 32):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.LeakyReLU(negative_slope=0.1)(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(S * S * 5, activation="sigmoid")(x)
    return keras.Model(inputs, layers.Reshape((S, S, 5))(x))


if __name__ == "__main__":
    keras.utils.set_random_seed(8)
    images, annotations = fake_coco(160)
    log.info("%d annotations, first: %s", len(annotations), annotations[0])
    targets = encode(annotations, len(images))
    ds = tf.data.Dataset.from_tensor_slices((images, targets)).shuffle(160, seed=0).batch(16).prefetch(1)
    model = tiny_yolo()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=YoloLoss())
    model.fit(ds, epochs=3, verbose=2)
