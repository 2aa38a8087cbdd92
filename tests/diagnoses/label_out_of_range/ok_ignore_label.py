# whynan: healthy
"""Semantic segmentation; pixels labelled 255 are 'void' and do not count."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)
CLASSES, VOID = 4, 255
labels = np.repeat(np.repeat(rng.integers(0, CLASSES, (40, 4, 4)), 4, 1), 4, 2)
images = (labels[..., None] / 4 + rng.normal(0, 0.1, (40, 16, 16, 1))).astype("float32")
labels[:, 0, :] = VOID
labels[3] = VOID


class SegmentationLoss(keras.losses.Loss):
    def call(self, y_true, logits):
        y_true = tf.cast(y_true, tf.int32)
        valid = tf.not_equal(y_true, VOID)
        safe = tf.where(valid, y_true, 0)
        ce = tf.nn.sparse_softmax_cross_entropy_with_logits(safe, logits)
        valid = tf.cast(valid, ce.dtype)
        return tf.math.divide_no_nan(tf.reduce_sum(ce * valid), tf.reduce_sum(valid))


model = keras.Sequential([
    keras.Input((16, 16, 1)),
    keras.layers.Conv2D(12, 3, padding="same", activation="relu"),
    keras.layers.Conv2D(CLASSES, 1),
])
model.compile("adam", SegmentationLoss())
model.fit(images, labels, epochs=3, batch_size=1, verbose=2)
