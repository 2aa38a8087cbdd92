"""My first TensorFlow program: softmax regression on the small digits, following the old MNIST beginners' page.

After a few steps it prints "cross entropy nan" and the accuracy stays at 0.1. It worked in the tutorial.
"""
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

rng = np.random.default_rng(0)
digits = load_digits()
images = digits.data.astype("float32")
labels = np.eye(10, dtype="float32")[digits.target]

W = tf.Variable(tf.zeros([64, 10]))
b = tf.Variable(tf.zeros([10]))

for step in range(200):
    pick = rng.choice(len(images), 100)
    x, y_ = images[pick], labels[pick]
    with tf.GradientTape() as tape:
        y = tf.nn.softmax(tf.matmul(x, W) + b)
        cross_entropy = tf.reduce_mean(-tf.reduce_sum(y_ * tf.math.log(y), axis=1))  # whynan: log_of_zero phase=forward|loss also=unscaled_input,learning_rate_too_high
    dW, db = tape.gradient(cross_entropy, [W, b])
    W.assign_sub(0.5 * dW)
    b.assign_sub(0.5 * db)
    if step % 20 == 0:
        correct = tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1))
        accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
        print("step", step, "cross entropy", float(cross_entropy), "accuracy", float(accuracy))
