# whynan: healthy
"""where over sqrt(0) and over log(0) of targets: both derivatives are harmless."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(5)
rng = np.random.default_rng(5)
X = tf.constant(rng.normal(size=(256, 6)), tf.float32)
counts = tf.constant(rng.poisson(1.0, size=(256,)), tf.float32)
w = tf.Variable(tf.random.normal((6, 4), stddev=0.4))
v = tf.Variable(tf.random.normal((4,), stddev=0.4))


@tf.function
def loss_fn():
    h = tf.nn.elu(X @ w)
    root = tf.where(h > 0, tf.sqrt(tf.maximum(h, 0.0)), tf.zeros_like(h))
    log_rate = tf.linalg.matvec(root, v)
    stirling = tf.where(counts > 0, counts * tf.math.log(counts) - counts, tf.zeros_like(counts))
    return tf.reduce_mean(tf.exp(log_rate) - counts * log_rate + stirling)


for i in range(10):
    with tf.GradientTape() as tape:
        loss = loss_fn()
    for p, g in zip([w, v], tape.gradient(loss, [w, v])):
        p.assign_sub(0.1 * g)
    print(i, loss.numpy())
