"""1-D GAN with the losses written out."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(14)
NOISE = 4


def generator():
    return keras.Sequential([keras.Input((NOISE,)), layers.Dense(16, activation="relu"), layers.Dense(8)])


def discriminator():
    return keras.Sequential([keras.Input((8,)), layers.Dense(32), layers.LeakyReLU(), layers.Dense(1, activation="sigmoid")])


G, D = generator(), discriminator()
g_opt, d_opt = keras.optimizers.Adam(1e-3), keras.optimizers.SGD(0.05)


@tf.function
def train_batch(real):
    noise = tf.random.normal((tf.shape(real)[0], NOISE), seed=1)
    with tf.GradientTape(persistent=True) as tape:
        fake = G(noise, training=True)
        p_real, p_fake = D(real, training=True), D(fake, training=True)
        d_loss = -tf.reduce_mean(tf.math.log(p_real)) - tf.reduce_mean(tf.math.log(1.0 - p_fake))  # whynan: log_of_zero phase=loss also=unscaled_input
        g_loss = -tf.reduce_mean(tf.math.log(p_fake))
    d_opt.apply(tape.gradient(d_loss, D.trainable_variables), D.trainable_variables)
    g_opt.apply(tape.gradient(g_loss, G.trainable_variables), G.trainable_variables)
    return d_loss, g_loss


t = np.linspace(0, 1, 8)
waves = 400 + 300 * np.sin(2 * np.pi * (t + np.random.rand(512, 1)))
ds = tf.data.Dataset.from_tensor_slices(waves.astype("float32")).shuffle(512, seed=0).batch(64)
for epoch in range(25):
    for batch in ds:
        d, g = train_batch(batch)
    print(f"epoch {epoch:2d}  D {float(d):.4f}  G {float(g):.4f}")
