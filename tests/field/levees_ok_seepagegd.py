"""Seepage through river levees: linear regression with gradient descent written by hand.

Homework 2, exercise 3. Data: 500 levee sections, 8 standardised measurements.
"""
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)

names = ["head", "width", "clay", "sand", "moles", "slope", "grass", "age"]
raw = np.stack([
    rng.normal(3.5, 0.8, 500),
    rng.normal(14.0, 3.0, 500),
    rng.uniform(5, 45, 500),
    rng.uniform(10, 70, 500),
    rng.poisson(4, 500).astype(float),
    rng.normal(0.33, 0.05, 500),
    rng.uniform(0, 1, 500),
    rng.uniform(5, 90, 500),
], axis=1)
true_w = np.array([2.0, -1.1, -0.9, 1.3, 0.7, 0.2, -0.4, 0.6])
z = (raw - raw.mean(0)) / raw.std(0)
seepage = 6.0 + z @ true_w + rng.normal(0, 0.4, 500)

X = tf.constant(z, tf.float32)
y = tf.constant(seepage[:, None], tf.float32)

w = tf.Variable(tf.random.normal((8, 1), stddev=0.1))
b = tf.Variable(tf.zeros((1,)))
learning_rate = 1.3
iterations = 35


def mse():
    return tf.reduce_mean(tf.square(tf.matmul(X, w) + b - y))


history = []
for it in range(iterations):
    with tf.GradientTape() as tape:
        loss = mse()
    dw, db = tape.gradient(loss, [w, b])
    w.assign_sub(learning_rate * dw)  # whynan: unstable
    b.assign_sub(learning_rate * db)
    history.append(float(loss))
    print(f"iteration {it:2d}  mse {history[-1]:.4g}")

print("weights found:")
for name, found, wanted in zip(names, w.numpy()[:, 0], true_w):
    print(f"  {name:6s} {found:12.4g}   (true {wanted:5.2f})")
