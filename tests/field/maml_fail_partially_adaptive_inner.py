"""MAML: learn a start from which the heating curve of a new house is found with eight readings.

With plain gradient steps in the inner loop it worked but needed many of them, so the inner loop now scales its steps by
a power of the mean square (partially adaptive, like Padam). The loss of the first batch of houses and the adapted
predictions are fine, after the first meta update everything is nan.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

INNER = dict(steps=3, rate=0.02, decay=0.9, power=0.25, eps=1e-8)
META_RATE = 0.01
HOUSES = 4
READINGS = 8


def sample_houses(count):
    """Outdoor temperature (standardised) and daily consumption of `count` houses, support and query readings."""
    t = rng.uniform(-2.0, 2.0, (count, 2 * READINGS, 1))
    insulation = rng.uniform(0.3, 1.5, (count, 1, 1))
    balance = rng.uniform(-0.2, 1.2, (count, 1, 1))
    base = rng.uniform(0.2, 0.6, (count, 1, 1))
    use = base + insulation * np.maximum(balance - t, 0.0) + rng.normal(0.0, 0.05, t.shape)
    t, use = t.astype("float32"), use.astype("float32")
    return [tf.constant(v) for v in (t[:, :READINGS], use[:, :READINGS], t[:, READINGS:], use[:, READINGS:])]


def initial_weights(widths=(1, 32, 32, 1)):
    weights = []
    for fan_in, fan_out in zip(widths[:-1], widths[1:]):
        kernel = rng.normal(0.0, np.sqrt(2.0 / fan_in), (fan_in, fan_out)).astype("float32")
        weights += [tf.Variable(kernel), tf.Variable(tf.zeros(fan_out))]
    weights[-2].assign(weights[-2] * 0.3)
    return weights


def predict(weights, x):
    w1, b1, w2, b2, w3, b3 = weights
    h = tf.nn.relu(tf.matmul(x, w1) + b1)
    h = tf.nn.relu(tf.matmul(h, w2) + b2)
    return tf.matmul(h, w3) + b3


def mse(weights, x, y):
    return tf.reduce_mean(tf.square(predict(weights, x) - y))


def adapt(weights, x, y):
    squares = [tf.zeros_like(w) for w in weights]
    for _ in range(INNER["steps"]):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss = mse(weights, x, y)
        grads = tape.gradient(loss, weights)
        squares = [INNER["decay"] * s + (1.0 - INNER["decay"]) * tf.square(g) for s, g in zip(squares, grads)]
        weights = [w - INNER["rate"] * g / (tf.pow(s, INNER["power"]) + INNER["eps"])  # whynan: pow_grad_at_zero phase=gradient
                   for w, g, s in zip(weights, grads, squares)]
    return weights


meta_weights = initial_weights()


@tf.function
def meta_step(xs, ys, xq, yq):
    with tf.GradientTape() as tape:
        losses = []
        for house in range(HOUSES):
            fast = adapt([tf.identity(w) for w in meta_weights], xs[house], ys[house])
            losses.append(mse(fast, xq[house], yq[house]))
        total = tf.add_n(losses) / HOUSES
    grads = tape.gradient(total, meta_weights)
    grads, _ = tf.clip_by_global_norm(grads, 1.0)
    for weight, grad in zip(meta_weights, grads):
        weight.assign_sub(META_RATE * grad)
    return total


for iteration in range(60):
    loss = meta_step(*sample_houses(HOUSES))
    if iteration % 5 == 0:
        print(f"iteration {iteration:3d}  loss after adaptation {float(loss):.4f}")
