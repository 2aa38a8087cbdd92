# Removing tarnish stains from scanned daguerreotypes.
# The net predicts the stain layer; photo = scan - stain. Last conv starts at zero so that training starts from "do nothing".
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1851)
SIZE, BATCH, EPOCHS = 32, 16, 3


def fake_portraits(n, rng):
    """Smooth ovals on a dark background with plate grain."""
    yy, xx = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    out = np.empty((n, SIZE, SIZE, 1), "float32")
    for i in range(n):
        cx, cy = rng.uniform(0.35, 0.65, 2)
        r = rng.uniform(0.03, 0.08)
        face = np.exp(-(((xx - cx) ** 2) + 0.6 * (yy - cy) ** 2) / r)
        out[i, ..., 0] = 0.15 + 0.6 * face + rng.normal(0, 0.01, (SIZE, SIZE))
    return out


def fake_tarnish(n, rng):
    yy, xx = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    out = np.zeros((n, SIZE, SIZE, 1), "float32")
    for i in range(n):
        for _ in range(rng.integers(1, 4)):
            x0, y0 = rng.uniform(0, 1, 2)
            out[i, ..., 0] += rng.uniform(0.1, 0.3) * (np.hypot(xx - x0, yy - y0) < rng.uniform(0.08, 0.25))
    return out


class ResBlock(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.a = layers.Conv2D(filters, 3, padding="same", activation="gelu")
        self.b = layers.Conv2D(filters, 3, padding="same")

    def call(self, x):
        return x + self.b(self.a(x))


def build_net(filters=16):
    scan = keras.Input((SIZE, SIZE, 1))
    h = layers.Conv2D(filters, 3, padding="same", activation="gelu")(scan)
    for _ in range(2):
        h = ResBlock(filters)(h)
    stain = layers.Conv2D(1, 3, padding="same", kernel_initializer="zeros", name="stain")(h)
    return keras.Model(scan, stain)


def smoothness(layer):
    right = layer[:, :-1, 1:, :] - layer[:, :-1, :-1, :]
    down = layer[:, 1:, :-1, :] - layer[:, :-1, :-1, :]
    return tf.reduce_mean(tf.sqrt(tf.square(right) + tf.square(down)))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero


rng = np.random.default_rng(3)
clean = fake_portraits(320, rng)
scans = clean + fake_tarnish(320, rng)
ds = tf.data.Dataset.from_tensor_slices((scans, clean)).shuffle(320, seed=2).batch(BATCH)

net = build_net()
optimizer = keras.optimizers.AdamW(learning_rate=5e-4, weight_decay=1e-4)
optimizer.build(net.trainable_variables)


@tf.function
def step(scan, photo):
    with tf.GradientTape() as tape:
        stain = net(scan, training=True)
        restored = scan - stain
        fidelity = tf.reduce_mean(tf.abs(restored - photo))
        total = fidelity + 0.02 * smoothness(stain)
    grads = tape.gradient(total, net.trainable_variables)
    optimizer.apply_gradients(zip(grads, net.trainable_variables))
    return total, fidelity


for epoch in range(EPOCHS):
    running = keras.metrics.Mean()
    for scan, photo in ds:
        total, fidelity = step(scan, photo)
        running.update_state(total)
    mse = float(np.mean((scans[:64] - net(scans[:64]).numpy() - clean[:64]) ** 2))
    print(f"epoch {epoch + 1}/{EPOCHS}  loss {float(running.result()):.4f}  psnr {-10 * np.log10(mse):.2f} dB")
