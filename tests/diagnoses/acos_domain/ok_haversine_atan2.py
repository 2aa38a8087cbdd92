# whynan: healthy
"""Great circle distance with atan2 and an epsilon under the roots."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(41)
rng = np.random.default_rng(41)
profile = np.radians(np.stack([rng.uniform(35, 60, 200), rng.uniform(-10, 30, 200)], 1)).astype("float32")
actual = (profile + np.where(rng.random((200, 1)) < 0.5, 0.0, rng.normal(0, 0.03, (200, 2)))).astype("float32")
words = rng.normal(size=(200, 20)).astype("float32")
W = tf.Variable(tf.zeros((20, 2)))


def distance(p, q):
    d = (p - q) / 2.0
    a = tf.sin(d[:, 0]) ** 2 + tf.cos(p[:, 0]) * tf.cos(q[:, 0]) * tf.sin(d[:, 1]) ** 2
    return 2.0 * tf.atan2(tf.sqrt(a + 1e-12), tf.sqrt(1.0 - a + 1e-12))


for epoch in range(3):
    for lo in range(0, 200, 50):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(distance(profile[lo:lo + 50] + words[lo:lo + 50] @ W, actual[lo:lo + 50]))
        W.assign_sub(1e-3 * tape.gradient(loss, W))
    print(epoch, loss.numpy())
