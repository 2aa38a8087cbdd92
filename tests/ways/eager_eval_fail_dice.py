import numpy as np
import tensorflow as tf


def dice_loss(y_true, y_pred):
    inter = tf.reduce_sum(y_true * y_pred, axis=[1, 2])
    union = tf.reduce_sum(y_true, axis=[1, 2]) + tf.reduce_sum(y_pred, axis=[1, 2])
    return 1 - 2 * inter / union  # whynan: divide_by_zero phase=loss|forward


mask = np.zeros((3, 4, 4), "float32")
mask[0, 1:3, 1:3] = 1
mask[1, 0] = 1
guess = np.zeros_like(mask)
guess[0, 1:3, 1:4] = 1
guess[1, 0, :2] = 1

loss = dice_loss(tf.constant(mask), tf.constant(guess)).numpy()
print("per image:", loss)
