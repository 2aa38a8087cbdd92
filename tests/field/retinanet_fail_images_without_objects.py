"""RetinaNet loss from the keras.io example on a small drone data set.

Images without any object are now kept in the training set ("hard negatives"), the rest of
the code is from the example; anchors are one per cell to keep it small.
"""
import argparse

import numpy as np
import tensorflow as tf
import keras
from keras import layers

SIZE, GRID, NUM_CLASSES = 32, 8, 2
EMPTY = (11, 42, 97)


def make_images(n=160, seed=4):
    rng = np.random.default_rng(seed)
    images = rng.normal(0.3, 0.05, (n, SIZE, SIZE, 3)).astype("float32")
    labels = np.zeros((n, GRID * GRID, 5), "float32")
    labels[:, :, 4] = -1.0  # background
    stride = SIZE // GRID
    for i in range(n):
        if i in EMPTY:
            continue
        for cell in rng.choice(GRID * GRID, rng.integers(1, 4), replace=False):
            kind = int(rng.integers(0, NUM_CLASSES))
            row, col = divmod(int(cell), GRID)
            patch = images[i, row * stride:(row + 1) * stride, col * stride:(col + 1) * stride]
            patch[..., kind] += 0.6
            labels[i, cell, :4] = rng.normal(0, 0.3, 4)
            labels[i, cell, 4] = kind
    return images, labels


class RetinaNetBoxLoss:
    def __init__(self, delta=1.0):
        self._delta = delta

    def __call__(self, y_true, y_pred):
        difference = y_true - y_pred
        absolute = tf.abs(difference)
        squared = tf.square(difference)
        loss = tf.where(tf.less(absolute, self._delta), 0.5 * squared, absolute - 0.5)
        return tf.reduce_sum(loss, axis=-1)


class RetinaNetClassificationLoss:
    def __init__(self, alpha=0.25, gamma=2.0):
        self._alpha, self._gamma = alpha, gamma

    def __call__(self, y_true, y_pred):
        cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=y_pred)
        probs = tf.nn.sigmoid(y_pred)
        alpha = tf.where(tf.equal(y_true, 1.0), self._alpha, 1.0 - self._alpha)
        pt = tf.where(tf.equal(y_true, 1.0), probs, 1 - probs)
        return tf.reduce_sum(alpha * tf.pow(1.0 - pt, self._gamma) * cross_entropy, axis=-1)


class RetinaNetLoss(keras.losses.Loss):
    def __init__(self, num_classes=NUM_CLASSES, name="retinanet_loss"):
        super().__init__(name=name)
        self._clf_loss = RetinaNetClassificationLoss()
        self._box_loss = RetinaNetBoxLoss()
        self._num_classes = num_classes

    def _per_positive(self, loss, positive_mask):
        normalizer = tf.reduce_sum(positive_mask, axis=-1)
        return tf.reduce_sum(loss, axis=-1) / normalizer  # whynan: divide_by_zero phase=loss rows=11,42,97 also=zero_weight_sum,empty_reduction

    def call(self, y_true, y_pred):
        y_pred = tf.cast(y_pred, tf.float32)
        cls_labels = tf.one_hot(tf.cast(y_true[:, :, 4], tf.int32), depth=self._num_classes, dtype=tf.float32)
        positive_mask = tf.cast(tf.greater(y_true[:, :, 4], -1.0), tf.float32)
        clf_loss = self._clf_loss(cls_labels, y_pred[:, :, 4:])
        box_loss = self._box_loss(y_true[:, :, :4], y_pred[:, :, :4])
        box_loss = tf.where(tf.equal(positive_mask, 1.0), box_loss, 0.0)
        return self._per_positive(clf_loss, positive_mask) + self._per_positive(box_loss, positive_mask)


def build_head(prior_probability=0.01):
    inputs = keras.Input((SIZE, SIZE, 3))
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
    prior = keras.initializers.Constant(-np.log((1 - prior_probability) / prior_probability))
    classes = layers.Conv2D(NUM_CLASSES, 3, padding="same", bias_initializer=prior)(x)
    boxes = layers.Conv2D(4, 3, padding="same")(x)
    merged = layers.Concatenate()([boxes, classes])
    return keras.Model(inputs, layers.Reshape((GRID * GRID, 4 + NUM_CLASSES))(merged))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=8)
    args = parser.parse_args()
    keras.utils.set_random_seed(123)
    images, labels = make_images()
    model = build_head()
    model.compile(
        loss=RetinaNetLoss(),
        optimizer=keras.optimizers.SGD(learning_rate=2.5e-3, momentum=0.9, clipnorm=10.0),
    )
    model.fit(images, labels, batch_size=args.batch, epochs=args.epochs, verbose=2)
