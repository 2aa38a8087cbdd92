"""100 m times from training data. Small GPU at the institute, therefore micro-batches of 32, an update every 4 of them.
Curriculum: athletes with clean measurements first, every epoch 200 more."""
import math

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(99)
rng = np.random.default_rng(99)

MICRO = 32
EVERY = 4
EPOCHS = 8


def athletes(n=2000, d=9):
    x = rng.normal(size=(n, d)).astype("float32")
    w = np.linspace(-0.25, 0.25, d)
    clean = 11.2 + x @ w + 0.1 * x[:, 0] * x[:, 1]
    sigma = rng.gamma(2.0, 0.05, n)
    y = clean + rng.normal(size=n) * sigma
    order = np.argsort(sigma)
    return x[order], (y[order, None] - 11.2).astype("float32")


x_all, y_all = athletes()

model = keras.Sequential([
    keras.Input((9,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(1),
])
opt = keras.optimizers.Adam(2e-3)
buffers = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in model.trainable_variables]


@tf.function(reduce_retracing=True)
def accumulate(xb, yb):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(xb, training=True) - yb))
    for buf, g in zip(buffers, tape.gradient(loss, model.trainable_variables)):
        buf.assign_add(g)
    return loss


def flush(count):
    grads = [buf / count for buf in buffers]  # whynan: divide_by_zero phase=gradient|update
    opt.apply_gradients(zip(grads, model.trainable_variables))
    for buf in buffers:
        buf.assign(tf.zeros_like(buf))


for epoch in range(EPOCHS):
    n = min(600 + 200 * epoch, len(x_all))
    order = rng.permutation(n)
    pending, losses = 0, []
    for k in range(math.ceil(n / MICRO)):
        idx = order[k * MICRO:(k + 1) * MICRO]
        loss = accumulate(tf.constant(x_all[idx]), tf.constant(y_all[idx]))
        losses.append(float(loss))
        pending += 1
        if pending == EVERY:
            flush(pending)
            pending = 0
    # rest of the epoch
    flush(pending)
    print(f"epoch {epoch}  athletes {n}  mse {np.mean(losses):.5f}")

final = model(tf.constant(x_all))
print("rmse on all:", float(tf.sqrt(tf.reduce_mean(tf.square(final - y_all)))))
