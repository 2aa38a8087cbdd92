"""A step traced once for its shapes; the loop calls the trace itself."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
X = rng.normal(size=(512, 5)).astype("float32")
Y = (X @ rng.normal(size=(5, 1)) > 0).astype("float32")
w = tf.Variable(tf.random.normal((5, 1), seed=2))
b = tf.Variable(tf.zeros(1))


@tf.function
def train(x, y):
    with tf.GradientTape() as tape:
        logits = 4.0 * (x @ w + b)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, logits))
    gw, gb = tape.gradient(loss, [w, b])
    w.assign_sub(4.0 * gw)
    b.assign_sub(4.0 * gb)
    return loss


step = train.get_concrete_function(tf.TensorSpec((64, 5)), tf.TensorSpec((64, 1)))
for epoch in range(10):  # whynan: healthy
    for i in range(0, 512, 64):
        loss = step(tf.constant(X[i : i + 64]), tf.constant(Y[i : i + 64]))
    print(f"epoch {epoch}: {float(loss):.3f}")
