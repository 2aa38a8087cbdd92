"""
Self-supervised features for cochlear implant recordings (40 electrodes/bands per frame).

Two noisy views of the same frame, shared encoder, whitening instead of negative pairs
(in the spirit of W-MSE). The whole epoch runs inside one tf.function.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(500)

BANDS = 40
LATENT = 24
BATCH = 96


def recordings(n=871):
    rng = np.random.default_rng(12)
    vowels = rng.normal(size=(9, BANDS))
    which = rng.integers(0, 9, n)
    tilt = np.linspace(-1, 1, BANDS)[None] * rng.normal(size=(n, 1))
    frames = vowels[which] + 0.5 * tilt + 0.7 * rng.normal(size=(n, BANDS))
    frames = (frames - frames.mean(0)) / frames.std(0)
    return frames.astype("float32"), which


def encoder():
    x = inp = keras.Input((BANDS,))
    for units in (96, 96):
        y = layers.Dense(units, activation="tanh")(x)
        x = layers.Concatenate()([x, y])
    x = layers.Dense(64, activation="tanh")(x)
    return keras.Model(inp, layers.Dense(LATENT)(x), name="encoder")


def whiten(z):
    n = tf.cast(tf.shape(z)[0], z.dtype)
    z = z - tf.reduce_mean(z, axis=0, keepdims=True)
    cov = tf.matmul(z, z, transpose_a=True) / (n - 1.0)
    chol = tf.linalg.cholesky(cov)  # whynan: not_positive_definite phase=loss|forward
    return tf.transpose(tf.linalg.triangular_solve(chol, tf.transpose(z)))


def view_loss(za, zb):
    wa = tf.math.l2_normalize(whiten(za), axis=1)
    wb = tf.math.l2_normalize(whiten(zb), axis=1)
    return tf.reduce_mean(2.0 - 2.0 * tf.reduce_sum(wa * wb, axis=1))


frames, which = recordings()
ds = tf.data.Dataset.from_tensor_slices(frames).shuffle(len(frames), seed=1).batch(BATCH)

net = encoder()
opt = keras.optimizers.Adam(1e-3)
opt.build(net.trainable_variables)


@tf.function
def run_epoch(noise):
    total = tf.constant(0.0)
    batches = tf.constant(0.0)
    for x in ds:
        a = x + noise * tf.random.normal(tf.shape(x))
        b = x + noise * tf.random.normal(tf.shape(x))
        b = b * tf.cast(tf.random.uniform(tf.shape(x)) > 0.1, x.dtype)
        with tf.GradientTape() as tape:
            loss = view_loss(net(a, training=True), net(b, training=True))
        grads = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(grads, net.trainable_variables))
        total += loss
        batches += 1.0
    return total / batches


for epoch in range(5):
    mean_loss = run_epoch(tf.constant(0.3))
    print("epoch", epoch, "loss", mean_loss.numpy())

# nearest class mean on the features
z = net.predict(frames, verbose=0)
centres = np.stack([z[which == k].mean(0) for k in range(9)])
nearest = ((z[:, None] - centres[None]) ** 2).sum(-1).argmin(1)
print("nearest mean accuracy", (nearest == which).mean())
