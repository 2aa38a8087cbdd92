import tensorflow as tf


def kl_divergence(p, q):
    return tf.reduce_sum(p * tf.math.log(p / q), axis=-1)  # whynan: log_of_zero phase=loss|forward also=divide_by_zero


p = tf.constant([[0.2, 0.5, 0.3], [0.0, 0.6, 0.4]])
q = tf.constant([[0.3, 0.4, 0.3], [0.1, 0.5, 0.4]])
print("KL:", kl_divergence(p, q))
