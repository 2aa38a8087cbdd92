"""Fit the diffusivity and a neural loss term of a heated plate through a differentiable
explicit heat solver. Plate 4 m x 1 m, thermal camera 64 x 16 pixels, start and end picture."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(88)

LX, LY = 4.0, 1.0
DT, STEPS = 0.05, 80
TRUE_KAPPA = 0.01


def camera_pictures(n, seed):
    """Reference runs. Returns start and end pictures, (n, 64, 16), in units of 60 K above ambient."""
    rng = np.random.default_rng(seed)
    gx = (np.arange(64) + 0.5) * LX / 64
    gy = (np.arange(16) + 0.5) * LY / 16
    u = np.zeros((n, 64, 16))
    for _ in range(3):
        cx, cy = rng.uniform(0, LX, (n, 1, 1)), rng.uniform(0, LY, (n, 1, 1))
        power = rng.uniform(0.3, 1.0, (n, 1, 1))
        u += power * np.exp(-((gx[None, :, None] - cx) ** 2 + (gy[None, None, :] - cy) ** 2) / 0.08)
    start = u.copy()
    hx, hy = LX / 64, LY / 16
    for _ in range(STEPS):
        lap = (np.roll(u, 1, 1) + np.roll(u, -1, 1) - 2 * u) / hx ** 2
        lap += (np.roll(u, 1, 2) + np.roll(u, -1, 2) - 2 * u) / hy ** 2
        u = u + DT * (TRUE_KAPPA * lap - 0.05 * u)
    noise = rng.normal(0, 0.02, (2, n, 64, 16))
    return (start + noise[0]).astype("float32"), (u + noise[1]).astype("float32")


log_kappa = tf.Variable(np.log(0.008), dtype=tf.float32)
cooling = keras.Sequential([
    keras.Input((1,)),
    keras.layers.Dense(8, activation="tanh"),
    keras.layers.Dense(1, kernel_initializer="zeros"),
])
params = [log_kappa] + cooling.trainable_weights
opt = keras.optimizers.Adam(2e-2)


def laplacian(u):
    _, ny, nx = u.shape
    dx, dy = LX / nx, LY / ny
    d2y = (tf.roll(u, 1, 1) + tf.roll(u, -1, 1) - 2.0 * u) / dy ** 2  # whynan: exploding_gradient phase=forward
    d2x = (tf.roll(u, 1, 2) + tf.roll(u, -1, 2) - 2.0 * u) / dx ** 2
    return d2x + d2y


def solve(u):
    kappa = tf.exp(log_kappa)
    shape = u.shape
    for _ in tf.range(STEPS):
        lost = tf.reshape(cooling(tf.reshape(u, (-1, 1))), shape)
        u = u + DT * (kappa * laplacian(u) - lost)
    return u


@tf.function
def train_step(start, end):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(solve(start) - end))
    grads = tape.gradient(loss, params)
    opt.apply_gradients(zip(grads, params))
    return loss


start, end = camera_pictures(48, seed=4)
for epoch in range(10):
    total = 0.0
    for k in range(0, 48, 8):
        total += float(train_step(tf.constant(start[k:k + 8]), tf.constant(end[k:k + 8])))
    print(f"epoch {epoch}  mse {total / 6:.5f}  kappa {float(tf.exp(log_kappa)):.5f}")
