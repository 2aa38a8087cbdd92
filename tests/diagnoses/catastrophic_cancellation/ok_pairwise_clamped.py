# whynan: healthy
"""Pairwise distances from the Gram matrix, clamped before the root."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(37)
rng = np.random.default_rng(37)
labels = np.repeat(np.arange(8), 8)
points = (rng.normal(size=(8, 20))[labels] + 0.2 * rng.normal(size=(64, 20)) + 3.0).astype("float32")
W = tf.Variable(tf.random.normal((20, 6), stddev=0.4))
same = tf.constant((labels[:, None] == labels[None]).astype("float32"))
optim = tf.keras.optimizers.Adam(1e-3)


@tf.function
def loss_fn():
    e = points @ W
    sq = tf.reduce_sum(e * e, axis=1)
    d2 = sq[:, None] + sq[None, :] - 2.0 * tf.matmul(e, e, transpose_b=True)
    d = tf.sqrt(tf.maximum(d2, 1e-8))
    return tf.reduce_mean(same * d) + tf.reduce_mean((1 - same) * tf.nn.relu(2.0 - d))


for it in range(5):
    with tf.GradientTape() as tape:
        loss = loss_fn()
    optim.apply_gradients([(tape.gradient(loss, W), W)])
    print(it, loss.numpy())
