# whynan: healthy
"""Nuclear-norm penalty on a weight matrix that starts as the identity (all singular values equal)."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(31)
np.random.seed(31)
W = tf.Variable(tf.eye(6))
x = tf.constant(np.random.normal(size=(100, 6)), tf.float32)
y = x @ tf.constant(np.outer(np.ones(6), np.arange(6)) / 6, tf.float32)
opt = tf.keras.optimizers.SGD(0.05)
for i in range(10):
    with tf.GradientTape() as tape:
        s = tf.linalg.svd(W, compute_uv=False)
        loss = tf.reduce_mean(tf.square(x @ W - y)) + 0.01 * tf.reduce_sum(s)
    g = tape.gradient(loss, W)
    opt.apply_gradients([(g, W)])
    print(i, loss.numpy())
