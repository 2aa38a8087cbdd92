# Autoencoder for 4x4 RGB swatches, raw TensorFlow, following along with a numpy blog post.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)

SIZES = [48, 256, 256, 256, 128, 64, 32, 64, 128, 256, 256, 256, 48]
LR = 1e-3
BATCH = 64


def swatches(n):
    """Two soft colours blended along a random direction, plus paper grain."""
    rng = np.random.default_rng(8)
    a = 0.55 + 0.4 * rng.random((n, 1, 1, 3))
    b = 0.55 + 0.4 * rng.random((n, 1, 1, 3))
    gx, gy = np.meshgrid(np.linspace(0, 1, 4), np.linspace(0, 1, 4))
    ang = rng.uniform(0, 2 * np.pi, (n, 1, 1))
    ramp = 0.5 + 0.5 * (np.cos(ang) * (gx - 0.5) + np.sin(ang) * (gy - 0.5))
    img = ramp[..., None] * a + (1 - ramp[..., None]) * b
    img = img + rng.normal(0, 0.02, img.shape)
    return np.clip(img, 0, 1).reshape(n, 48).astype(np.float32)


def init_layer(n_in, n_out):
    # He initialisation
    w = np.random.randn(n_in, n_out) * np.sqrt(n_in / 2.0)
    return (tf.Variable(w.astype(np.float32)),
            tf.Variable(np.zeros(n_out, np.float32)))


layers = [init_layer(i, o) for i, o in zip(SIZES[:-1], SIZES[1:])]
params = [p for pair in layers for p in pair]


def autoencode(x):
    h = x
    for w, b in layers[:-1]:
        h = tf.nn.relu(tf.matmul(h, w) + b)
    w, b = layers[-1]
    return tf.matmul(h, w) + b


data = swatches(1024)
n_batches = len(data) // BATCH

for epoch in range(4):
    order = np.random.permutation(len(data))
    total = 0.0
    for k in range(n_batches):
        batch = tf.constant(data[order[k * BATCH:(k + 1) * BATCH]])
        with tf.GradientTape() as tape:
            recon = autoencode(batch)
            loss = tf.reduce_mean(tf.square(recon - batch))  # whynan: bad_initialization phase=loss
        for p, g in zip(params, tape.gradient(loss, params)):
            p.assign_sub(LR * g)
        total += loss.numpy()
    print("epoch", epoch, "reconstruction error", total / n_batches)
