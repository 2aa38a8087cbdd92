# whynan: healthy
"""TensorFlow's own eigh and svd derivatives at repeated eigenvalues use a safe reciprocal."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(10)
rng = np.random.default_rng(10)
target = tf.constant(rng.normal(size=(4, 4)), tf.float32)
w = tf.Variable(tf.eye(4))
opt = tf.keras.optimizers.SGD(0.01)
for it in range(5):
    with tf.GradientTape() as tape:
        lam, vec = tf.linalg.eigh(w @ tf.transpose(w))
        s, u, v = tf.linalg.svd(w)
        whitened = vec @ tf.linalg.diag(tf.math.rsqrt(lam + 1e-3)) @ tf.transpose(vec)
        loss = tf.reduce_mean((whitened - target) ** 2) + tf.reduce_mean((u @ tf.transpose(v) - target) ** 2)
    opt.apply_gradients([(tf.clip_by_norm(tape.gradient(loss, w), 1.0), w)])
    print(it, loss.numpy(), s.numpy())
