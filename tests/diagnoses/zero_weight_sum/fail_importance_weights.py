"""Covariate shift: source examples are weighted by similarity to the target region."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
x = np.sort(rng.uniform(0, 10, 320)).astype("float32")[:, None]      # log file, ordered by temperature
y = np.sin(x) + 0.1 * rng.normal(size=x.shape).astype("float32")
weight = np.clip((x[:, 0] - 3.0) / 2.0, 0.0, 1.0).astype("float32")

net = keras.Sequential([keras.Input((1,)), keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(1)])
opt = keras.optimizers.Adam(5e-3)


def weighted_mse(y_true, y_pred, w):
    sq = tf.squeeze(tf.square(y_true - y_pred), -1)
    return tf.reduce_sum(w * sq) / tf.reduce_sum(w)  # whynan: zero_weight_sum phase=loss also=divide_by_zero


@tf.function
def step(xb, yb, wb):
    with tf.GradientTape() as tape:
        loss = weighted_mse(yb, net(xb, training=True), wb)
    g = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(g, net.trainable_variables))
    return loss


order = np.arange(9, -1, -1) * 32      # newest chunk first
for epoch in range(2):
    for lo in order:
        loss = step(x[lo:lo + 32], y[lo:lo + 32], weight[lo:lo + 32])
        print(f"epoch {epoch} chunk {lo:3d} loss {float(loss):.4f}")
