"""Keypoint regression with an OKS loss; the area of the person box is packed into y_true."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(12)
N, K, SIDE = 128, 5, 64.0
FALLOFF = 0.6


def annotations(n, rng):
    """boxes in crop coordinates as x, y, w, h"""
    xy = rng.uniform(4, 36, (n, 2))
    wh = rng.uniform(12, 26, (n, 2))
    xy[[11, 42], 0] = 70.0  # the random crop moved these two persons out to the right
    return np.concatenate([xy, wh], axis=1)


def clip_to_image(boxes):
    x0, y0 = np.clip(boxes[:, 0], 0, SIDE), np.clip(boxes[:, 1], 0, SIDE)
    x1 = np.clip(boxes[:, 0] + boxes[:, 2], 0, SIDE)
    y1 = np.clip(boxes[:, 1] + boxes[:, 3], 0, SIDE)
    return np.stack([x0, y0, x1 - x0, y1 - y0], axis=1)


def make_set(rng):
    boxes = clip_to_image(annotations(N, rng)) / SIDE
    points = boxes[:, None, :2] + rng.random((N, K, 2)) * boxes[:, None, 2:]
    area = boxes[:, 2:3] * boxes[:, 3:4]
    features = np.concatenate([points.reshape(N, -1), rng.normal(size=(N, 10))], axis=1)
    target = np.concatenate([points.reshape(N, -1), area], axis=1)
    return features.astype("float32"), target.astype("float32")


class OKSLoss(keras.losses.Loss):
    def call(self, y_true, y_pred):
        truth, area = y_true[:, :-1], y_true[:, -1:]
        similarity = self.similarity(self.squared_distance(truth, y_pred), area)
        return 1.0 - tf.reduce_mean(similarity, axis=-1)

    def squared_distance(self, a, b):
        delta = tf.reshape(a - b, (-1, K, 2))
        return tf.reduce_sum(tf.square(delta), axis=-1)

    def similarity(self, d2, area):
        exponent = d2 / (2.0 * area * FALLOFF ** 2)  # whynan: degenerate_box phase=loss|gradient rows=11,42 also=divide_by_zero
        return tf.exp(-exponent)


X, Y = make_set(np.random.default_rng(12))
model = keras.Sequential([
    keras.Input((X.shape[1],)),
    keras.layers.Dense(64, activation="swish"),
    keras.layers.Dense(2 * K),
])
model.compile(keras.optimizers.Adam(1e-3), loss=OKSLoss())
model.fit(X, Y, batch_size=16, epochs=5, verbose=2)
