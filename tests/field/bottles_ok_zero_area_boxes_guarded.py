"""Box regression with padding boxes of zero area, empty images, and a ReLU on width/height (so that predicted boxes may
have zero area as well). IoU by divide_no_nan, matching costs inf for padding."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(27)
QUERIES, MAX_BOXES = 3, 4


def corners(b):
    half = b[..., 2:] / 2.0
    return tf.concat([b[..., :2] - half, b[..., :2] + half], -1)


def iou(a, b):
    a, b = corners(a), corners(b)
    lt, rb = tf.maximum(a[..., :2], b[..., :2]), tf.minimum(a[..., 2:], b[..., 2:])
    inter = tf.reduce_prod(tf.nn.relu(rb - lt), -1)
    area = lambda c: tf.reduce_prod(c[..., 2:] - c[..., :2], -1)
    return tf.math.divide_no_nan(inter, area(a) + area(b) - inter)


def match(pred, boxes):
    """nearest real box for every query; -1 if the image is empty"""
    cost = np.abs(pred[:, :, None] - boxes[:, None]).sum(-1)
    cost = np.where((boxes[..., 2:] > 0).all(-1)[:, None], cost, np.inf)
    index = cost.argmin(-1)
    return np.where(np.isinf(cost.min(-1)), -1, index)


class Detector(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([layers.Flatten(), layers.Dense(48, activation="relu"), layers.Dense(QUERIES * 4)])

    def call(self, img):
        raw = tf.reshape(self.body(img), (-1, QUERIES, 4))
        return tf.concat([tf.sigmoid(raw[..., :2]), tf.nn.relu(raw[..., 2:] + 0.1)], -1)

    def train_step(self, data):
        img, boxes = data
        with tf.GradientTape() as tape:
            pred = self(img, training=True)
            index = tf.numpy_function(match, [pred, boxes], tf.int64)
            index = tf.ensure_shape(index, (None, QUERIES))
            valid = tf.cast(index >= 0, tf.float32)
            goal = tf.gather(boxes, tf.maximum(index, 0), batch_dims=1)
            per_box = tf.reduce_sum(tf.abs(pred - goal), -1) + 1.0 - iou(pred, goal)
            loss = tf.math.divide_no_nan(tf.reduce_sum(per_box * valid), tf.reduce_sum(valid))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss}


rng = np.random.default_rng(27)
n = 160
img = np.zeros((n, 16, 16, 1), "float32")
boxes = np.zeros((n, MAX_BOXES, 4), "float32")
for i in range(16, n):                                # the first batch holds empty images only
    for j in range(rng.integers(0, 3)):
        cx, cy, w, h = *rng.uniform(0.25, 0.75, 2), *rng.uniform(0.15, 0.4, 2)
        boxes[i, j] = cx, cy, w, h
        img[i, int(16 * (cy - h / 2)):int(16 * (cy + h / 2)), int(16 * (cx - w / 2)):int(16 * (cx + w / 2))] = 1.0
det = Detector()
det.compile(optimizer=keras.optimizers.Adam(2e-3))
det.fit(img, boxes, batch_size=16, epochs=8, shuffle=False, verbose=2)
# whynan: healthy
