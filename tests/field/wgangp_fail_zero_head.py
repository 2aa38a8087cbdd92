"""WGAN-GP for 1-D load profiles; two optimizers and one tf.function for each network."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(25)
LATENT, LENGTH, BATCH = 8, 24, 32


def make_profiles(n=512, seed=0):
    rng = np.random.default_rng(seed)
    t = np.arange(LENGTH) / LENGTH
    peak = rng.uniform(0.3, 0.8, (n, 1))
    x = np.exp(-((t - peak) / 0.1) ** 2) + 0.05 * rng.normal(size=(n, LENGTH))
    return (2 * x - 1).astype("float32")


def build_generator():
    return keras.Sequential([keras.Input((LATENT,)), layers.Dense(48), layers.LeakyReLU(),
                             layers.Dense(48), layers.LeakyReLU(), layers.Dense(LENGTH, activation="tanh")])


def build_critic():
    return keras.Sequential([
        keras.Input((LENGTH,)),
        layers.Dense(48), layers.LeakyReLU(),
        layers.Dense(48), layers.LeakyReLU(),
        layers.Dense(1, kernel_initializer="zeros"),      # no opinion in the beginning
    ])


G, C = build_generator(), build_critic()
g_opt = keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9)
c_opt = keras.optimizers.Adam(1e-4, beta_1=0.0, beta_2=0.9)
g_opt.build(G.trainable_variables)
c_opt.build(C.trainable_variables)


def slope(gradients):
    return tf.sqrt(tf.reduce_sum(tf.square(gradients), axis=1))  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero


def gradient_penalty(real, fake):
    eps = tf.random.uniform([BATCH, 1])
    mixed = eps * real + (1.0 - eps) * fake
    with tf.GradientTape() as inner:
        inner.watch(mixed)
        score = C(mixed, training=True)
    return tf.reduce_mean(tf.square(slope(inner.gradient(score, mixed)) - 1.0))


@tf.function
def critic_step(real, lam=10.0):
    fake = G(tf.random.normal([BATCH, LATENT]), training=True)
    with tf.GradientTape() as tape:
        wasserstein = tf.reduce_mean(C(fake, training=True)) - tf.reduce_mean(C(real, training=True))
        loss = wasserstein + lam * gradient_penalty(real, fake)
    grads = tape.gradient(loss, C.trainable_variables)
    c_opt.apply_gradients(zip(grads, C.trainable_variables))
    return loss


@tf.function
def generator_step():
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(C(G(tf.random.normal([BATCH, LATENT]), training=True), training=True))
    grads = tape.gradient(loss, G.trainable_variables)
    g_opt.apply_gradients(zip(grads, G.trainable_variables))
    return loss


data = tf.data.Dataset.from_tensor_slices(make_profiles()).shuffle(512, seed=2).batch(BATCH, drop_remainder=True).repeat()
for step, real in enumerate(data.take(60)):
    c_loss = critic_step(real)
    if step % 5 == 4:
        g_loss = generator_step()
        print(step, "critic", float(c_loss), "generator", float(g_loss))
