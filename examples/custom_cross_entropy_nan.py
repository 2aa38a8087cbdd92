# exit: 1
"""The same cross entropy, where one confident prediction is right, and its gradient."""

import tensorflow as tf


def binary_cross_entropy(y_true, y_pred):
    y_pred = tf.clip_by_value(y_pred, 1e-7, 1.0)
    return -tf.reduce_mean(y_true * tf.math.log(y_pred) + (1 - y_true) * tf.math.log(1 - y_pred))


y_true = tf.constant([1.0, 1.0, 1.0, 0.0])
y_pred = tf.Variable([0.0, 1.0, 0.0, 1.0])

with tf.GradientTape() as tape:
    loss = binary_cross_entropy(y_true, y_pred)
gradient = tape.gradient(loss, y_pred)

print("loss:", loss.numpy())
print("gradient:", gradient.numpy())
