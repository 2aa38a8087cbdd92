# whynan: healthy
"""Dynamic loss scaling by hand: a step with non-finite gradients is skipped and the scale halved."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(105)
rng = np.random.default_rng(105)
x = tf.constant(rng.normal(size=(192, 10)), tf.float16)
y = tf.constant(3.0 + rng.normal(size=(192, 1)), tf.float16)
master = [tf.Variable(tf.random.normal([10, 32], stddev=0.3)), tf.Variable(tf.zeros([32])),
          tf.Variable(tf.random.normal([32, 1], stddev=0.2))]
scale = tf.Variable(2.0 ** 15)


@tf.function
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        w1, b1, w2 = [tf.cast(v, tf.float16) for v in master]
        error = tf.matmul(tf.nn.tanh(tf.matmul(xb, w1) + b1), w2) - yb
        loss = tf.reduce_mean(tf.cast(tf.square(error), tf.float32))
        scaled = loss * scale
    grads = [g / scale for g in tape.gradient(scaled, master)]
    finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in grads])
    if finite:
        for v, g in zip(master, grads):
            v.assign_sub(0.02 * g)
    else:
        scale.assign(scale / 2.0)
    return loss, finite


for epoch in range(4):
    skipped = 0
    for i in range(0, 192, 32):
        loss, finite = train_step(x[i:i + 32], y[i:i + 32])
        skipped += int(not finite)
    print("epoch", epoch, "loss", float(loss), "skipped", skipped, "scale", float(scale))
