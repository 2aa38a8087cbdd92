"""Logistic regression from scratch, in the style of an exercise sheet."""
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(18)
hours = rng.uniform(0, 10, (150, 1)).astype("float32")
passed = (hours[:, 0] + rng.normal(0, 1, 150) > 5).astype("float32")

theta = tf.Variable(tf.constant([[0.05]]))
bias = tf.Variable(0.1)


def hypothesis(x):
    return tf.reshape(x @ theta + bias, [-1])


def cost(y, p):
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))  # whynan: wrong_loss_for_activation phase=loss also=log_of_negative


for epoch in range(40):
    with tf.GradientTape() as tape:
        J = cost(passed, hypothesis(hours))
    dtheta, dbias = tape.gradient(J, [theta, bias])
    theta.assign_sub(0.01 * dtheta)
    bias.assign_sub(0.01 * dbias)
    if epoch % 4 == 0:
        print(f"epoch {epoch} J={J.numpy():.4f} theta={theta.numpy()[0, 0]:.4f}")
