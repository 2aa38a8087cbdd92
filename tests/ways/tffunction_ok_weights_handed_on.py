"""The functional style: weights are plain tensors, and each call of the step gives back the next ones."""

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
X = rng.normal(size=(512, 5)).astype("float32")
Y = (X @ rng.normal(size=(5, 1)) > 0).astype("float32")


@tf.function
def update(w, b, x, y):
    with tf.GradientTape() as tape:
        tape.watch([w, b])
        logits = 4.0 * (x @ w + b)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, logits))
    gw, gb = tape.gradient(loss, [w, b])
    return w - 4.0 * gw, b - 4.0 * gb, loss


w, b = tf.random.normal((5, 1), seed=2), tf.zeros(1)
for epoch in range(10):  # whynan: healthy
    for i in range(0, 512, 64):
        w, b, loss = update(w, b, X[i : i + 64], Y[i : i + 64])
    print(f"epoch {epoch}: {float(loss):.3f}")
