"""Astrometric correction between two epochs: a small net moves the detections of epoch 1
so that they match epoch 2 in the sense of entropic optimal transport.
Fields contain different numbers of detections and are padded to MAX_POINTS."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)

FIELDS, MAX_POINTS, EPS = 240, 14, 0.5


def distort(p):
    rot = np.array([[0.95, -0.25], [0.25, 0.95]])
    return p @ rot.T + np.array([0.6, -0.4]) + 0.1 * np.sin(p[:, ::-1])


first = np.zeros((FIELDS, MAX_POINTS, 2), "float32")
second = np.zeros((FIELDS, MAX_POINTS, 2), "float32")
w_first = np.zeros((FIELDS, MAX_POINTS), "float32")
w_second = np.zeros((FIELDS, MAX_POINTS), "float32")
for i in range(FIELDS):
    n = rng.integers(6, MAX_POINTS + 1)
    stars = rng.normal(0, 1.5, (n, 2))
    seen_again = rng.random(n) < 0.9
    seen_again[0] = True
    moved = distort(stars[seen_again])
    first[i, :n], w_first[i, :n] = stars, 1.0 / n
    second[i, :len(moved)], w_second[i, :len(moved)] = moved, 1.0 / len(moved)

corrector = keras.Sequential([
    layers.Input((2,)),
    layers.Dense(32, activation="tanh"),
    layers.Dense(2, kernel_initializer="zeros"),
])
opt = keras.optimizers.Adam(5e-3)
opt.build(corrector.trainable_variables)


def sinkhorn_cost(x, y, a, b, n_iter=15):
    cost = tf.reduce_sum(tf.square(x[:, :, None, :] - y[:, None, :, :]), axis=-1)
    log_a, log_b = tf.math.log(a), tf.math.log(b)
    g = tf.zeros_like(b)
    for _ in range(n_iter):
        f = EPS * (log_a - tf.reduce_logsumexp((g[:, None, :] - cost) / EPS, axis=2))
        g = EPS * (log_b - tf.reduce_logsumexp((f[:, :, None] - cost) / EPS, axis=1))
    plan = tf.exp((f[:, :, None] + g[:, None, :] - cost) / EPS)
    return tf.reduce_mean(tf.reduce_sum(plan * cost, axis=[1, 2]))


@tf.function
def step(x, y, a, b):
    with tf.GradientTape() as tape:
        flat = tf.reshape(x, (-1, 2))
        warped = tf.reshape(flat + corrector(flat, training=True), tf.shape(x))
        loss = sinkhorn_cost(warped, y, a, b)
    grads = tape.gradient(loss, corrector.trainable_variables)
    opt.apply_gradients(zip(grads, corrector.trainable_variables))
    return loss


ds = tf.data.Dataset.from_tensor_slices((first, second, w_first, w_second))
ds = ds.shuffle(FIELDS, seed=1).batch(24)
for epoch in range(12):
    losses = [float(step(*batch)) for batch in ds]  # whynan: healthy
    print(f"epoch {epoch:2d}  transport cost {np.mean(losses):.4f}")

probe = np.array([[0.0, 0.0], [1.0, 1.0]], "float32")
print("correction at origin and (1,1):", corrector(probe).numpy().round(3).tolist())
