"""WGAN on 2x4 joint angles. I train the critic alone for some hundred steps before the generator gets its first update
(no gradient penalty yet, wanted to see that the critic loss goes down first ... it does, very much so)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(21)
DIM, LATENT, BATCH = 8, 6, 64

critic = keras.Sequential([
    keras.Input((DIM,)),
    layers.Dense(64), layers.LeakyReLU(negative_slope=0.2),
    layers.Dense(64), layers.LeakyReLU(negative_slope=0.2),
    layers.Dense(1),
], name="critic")

generator = keras.Sequential([
    keras.Input((LATENT,)),
    layers.Dense(32, activation="elu"),
    layers.Dense(DIM, activation="tanh"),
], name="generator")

c_opt = keras.optimizers.SGD(0.05)
g_opt = keras.optimizers.Adam(1e-4, beta_1=0.0)


@tf.function
def critic_step(real):
    z = tf.random.normal([BATCH, LATENT])
    fake = generator(z, training=False)
    with tf.GradientTape() as tape:
        c_loss = tf.reduce_mean(critic(fake, training=True)) - tf.reduce_mean(critic(real, training=True))  # whynan: wrong_sign_loss phase=forward also=exploding_gradient,learning_rate_too_high,unknown
    grads = tape.gradient(c_loss, critic.trainable_variables)
    c_opt.apply_gradients(zip(grads, critic.trainable_variables))
    return c_loss


@tf.function
def generator_step():
    z = tf.random.normal([BATCH, LATENT])
    with tf.GradientTape() as tape:
        g_loss = -tf.reduce_mean(critic(generator(z, training=True), training=False))
    grads = tape.gradient(g_loss, generator.trainable_variables)
    g_opt.apply_gradients(zip(grads, generator.trainable_variables))
    return g_loss


rng = np.random.default_rng(77)
angles = rng.normal(1.0, 0.5, size=(2048, DIM)).astype("float32")


def sample_real():
    return tf.constant(angles[rng.integers(0, len(angles), BATCH)])


for i in range(300):
    c = critic_step(sample_real())
    if i % 20 == 0:
        print("critic warmup", i, float(c))

for i in range(50):
    for _ in range(5):
        c = critic_step(sample_real())
    g = generator_step()
print("done", float(c), float(g))
