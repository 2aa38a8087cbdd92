"""A softmax policy for a bandit, by plain gradient ascent on the expected reward."""
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(5)
means = tf.constant(rng.normal(5.0, 2.0, 10).astype("float32"))
theta = tf.Variable(tf.zeros(10))


@tf.function
def ascend(rate):
    with tf.GradientTape() as tape:
        expected = tf.reduce_sum(tf.nn.softmax(theta) * means)
    theta.assign_add(rate * tape.gradient(expected, theta))
    return expected


for it in range(300):
    value = ascend(tf.constant(0.2))  # whynan: healthy
    if it % 50 == 0:
        print(it, float(value))
