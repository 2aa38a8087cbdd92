"""WGAN-GP on a 2-d ring."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(90)
theta = np.random.uniform(0, 2 * np.pi, 256)
ring = np.stack([np.cos(theta), np.sin(theta)], 1).astype("float32")

gen = keras.Sequential([keras.Input((4,)), layers.Dense(16, activation="relu"), layers.Dense(2)])
critic = keras.Sequential([keras.Input((2,)), layers.Dense(16, activation="relu"),
                           layers.Dense(1, kernel_initializer="zeros")])
g_opt = keras.optimizers.Adam(1e-3, beta_1=0.5)
c_opt = keras.optimizers.Adam(1e-3, beta_1=0.5)


def penalty(real, fake):
    eps = tf.random.uniform((tf.shape(real)[0], 1))
    mixed = eps * real + (1 - eps) * fake
    with tf.GradientTape() as inner:
        inner.watch(mixed)
        out = critic(mixed)
    slope = inner.gradient(out, mixed)
    norm = tf.sqrt(tf.reduce_sum(slope ** 2, axis=1))  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero
    return tf.reduce_mean((norm - 1.0) ** 2)


@tf.function
def critic_step(real):
    fake = gen(tf.random.normal((tf.shape(real)[0], 4)))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(critic(fake)) - tf.reduce_mean(critic(real)) + 10.0 * penalty(real, fake)
    c_opt.apply_gradients(zip(tape.gradient(loss, critic.trainable_variables), critic.trainable_variables))
    return loss


@tf.function
def generator_step(n):
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(critic(gen(tf.random.normal((n, 4)))))
    g_opt.apply_gradients(zip(tape.gradient(loss, gen.trainable_variables), gen.trainable_variables))
    return loss


for step in range(4):
    c = critic_step(ring[step * 64:(step + 1) * 64])
    g = generator_step(64)
    print(f"step {step} critic {c:.3f} generator {g:.3f}")
