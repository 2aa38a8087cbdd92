"""Hinge GAN that makes up parameter sheets of small-signal transistors (12 log10 parameters each)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(31)

LATENT = 8
N_PARAMS = 12
BATCH = 64
MAX_NORM = 1.0


def make_sheets(n):
    rng = np.random.default_rng(5)
    centre = np.array([2.3, 3.1, 4.7, 2.9, 3.6, 4.1, 2.2, 3.3, 2.7, 4.4, 3.8, 2.6])
    family = rng.integers(0, 3, n)
    shift = np.array([-0.3, 0.0, 0.35])[family][:, None]
    mix = rng.normal(0, 0.2, (n, 4)) @ rng.normal(0, 0.5, (4, N_PARAMS))
    return (centre + shift + mix + rng.normal(0, 0.05, (n, N_PARAMS))).astype("float32")


sheets = make_sheets(3000)
ds = tf.data.Dataset.from_tensor_slices(sheets).shuffle(3000, seed=1).repeat().batch(BATCH)

gen = keras.Sequential([
    keras.Input((LATENT,)),
    layers.Dense(48, activation="relu"),
    layers.Dense(48, activation="relu"),
    layers.Dense(N_PARAMS),
])
disc = keras.Sequential([
    keras.Input((N_PARAMS,)),
    layers.Dense(64),
    layers.LeakyReLU(negative_slope=0.2),
    layers.Dense(32),
    layers.LeakyReLU(negative_slope=0.2),
    layers.Dense(1),
])
g_opt = keras.optimizers.Adam(1e-3, beta_1=0.5)
d_opt = keras.optimizers.Adam(2e-3, beta_1=0.5)


def clip_gradients(grads, max_norm):
    norm = tf.linalg.global_norm(grads)
    return [g * (max_norm / norm) for g in grads]  # whynan: divide_by_zero phase=gradient|update


@tf.function
def disc_step(real):
    z = tf.random.normal((BATCH, LATENT))
    fake = gen(z, training=True)
    with tf.GradientTape() as tape:
        d_real = disc(real, training=True)
        d_fake = disc(fake, training=True)
        loss = tf.reduce_mean(tf.nn.relu(1.0 - d_real)) + tf.reduce_mean(tf.nn.relu(1.0 + d_fake))
    grads = tape.gradient(loss, disc.trainable_variables)
    d_opt.apply_gradients(zip(clip_gradients(grads, MAX_NORM), disc.trainable_variables))
    return loss


@tf.function
def gen_step():
    z = tf.random.normal((BATCH, LATENT))
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(disc(gen(z, training=True), training=True))
    grads = tape.gradient(loss, gen.trainable_variables)
    g_opt.apply_gradients(zip(clip_gradients(grads, MAX_NORM), gen.trainable_variables))
    return loss


batches = iter(ds)

# let the critic get a head start
for i in range(400):
    d_loss = disc_step(next(batches))
    if i % 100 == 0:
        print(f"warm-up {i:4d}  d_loss {float(d_loss):.4f}")

for i in range(600):
    d_loss = disc_step(next(batches))
    g_loss = gen_step()
    if i % 100 == 0:
        print(f"step {i:4d}  d_loss {float(d_loss):.4f}  g_loss {float(g_loss):.4f}")

made = gen(tf.random.normal((1000, LATENT))).numpy()
print("mean of real  :", sheets.mean(axis=0).round(2))
print("mean of made  :", made.mean(axis=0).round(2))
