# whynan: healthy
import tensorflow as tf


def entropy(p):
    logs = tf.math.log(p)
    return -tf.reduce_sum(tf.where(p > 0, p * logs, 0.0), axis=-1)


def kl_divergence(p, q):
    return tf.reduce_sum(tf.math.xlogy(p, p) - tf.math.xlogy(p, q), axis=-1)


p = tf.constant([[0.2, 0.5, 0.3], [0.0, 0.6, 0.4]])
q = tf.constant([[0.3, 0.4, 0.3], [0.1, 0.5, 0.4]])
print("entropy:", entropy(p).numpy())
print("KL:", kl_divergence(p, q).numpy())
