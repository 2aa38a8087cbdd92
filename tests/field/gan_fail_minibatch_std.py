"""GAN on 8x8 sprites with the minibatch-stddev trick of ProGAN. Generator turns to NaN after its first update,
discriminator keeps training happily until it sees the NaN images."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)
LATENT, BATCH = 8, 16

real_images = np.tanh(rng.normal(size=(256, 8, 8, 1))).astype("float32")


class MinibatchStddev(layers.Layer):
    def call(self, x):
        std = tf.math.reduce_std(x, axis=0, keepdims=True)  # whynan: std_grad_at_zero phase=gradient also=sqrt_grad_at_zero
        avg = tf.reduce_mean(std)
        shape = tf.shape(x)
        extra = tf.ones([shape[0], shape[1], shape[2], 1]) * avg
        return tf.concat([x, extra], axis=-1)


generator = keras.Sequential(
    [
        keras.Input((LATENT,)),
        layers.Dense(64, activation="relu"),
        layers.Reshape((8, 8, 1)),
        # start from grey images, stabilises the beginning (?)
        layers.Conv2D(1, 3, padding="same", activation="tanh", kernel_initializer="zeros"),
    ]
)
disc_in = keras.Input((8, 8, 1))
h = MinibatchStddev()(disc_in)
h = layers.Conv2D(8, 3, strides=2)(h)
h = layers.LeakyReLU()(h)
discriminator = keras.Model(disc_in, layers.Dense(1)(layers.Flatten()(h)))

bce = keras.losses.BinaryCrossentropy(from_logits=True)
d_opt, g_opt = keras.optimizers.Adam(2e-4, beta_1=0.5), keras.optimizers.Adam(2e-4, beta_1=0.5)


def d_step(real):
    fake = generator(tf.random.normal([BATCH, LATENT]))
    with tf.GradientTape() as t:
        r, f = discriminator(real), discriminator(fake)
        loss = bce(tf.ones_like(r), r) + bce(tf.zeros_like(f), f)
    d_opt.apply_gradients(zip(t.gradient(loss, discriminator.trainable_variables), discriminator.trainable_variables))
    return loss


def g_step():
    with tf.GradientTape() as t:
        logits = discriminator(generator(tf.random.normal([BATCH, LATENT])))
        loss = bce(tf.ones_like(logits), logits)
    g_opt.apply_gradients(zip(t.gradient(loss, generator.trainable_variables), generator.trainable_variables))
    return loss


for i in range(10):
    batch = real_images[(i * BATCH) % 256 : (i * BATCH) % 256 + BATCH]
    dl, gl = d_step(tf.constant(batch)), g_step()
    print(i, float(dl), float(gl))
