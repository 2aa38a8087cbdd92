"""LSGAN for lattice descriptors of perovskite-like crystals (16 numbers per structure).

The discriminator gets a head start on an untrained generator, afterwards both are trained in turn.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(31)

DIM, LATENT, BATCH = 16, 8, 64
PRETRAIN_STEPS = 400
ADVERSARIAL_STEPS = 150


def lattice_table(n=2048, seed=31):
    r = np.random.default_rng(seed)
    a = r.normal(5.5, 0.25, n)
    tilt = r.gamma(2.0, 3.0, n)
    mix = r.normal(size=(2, DIM))
    z = np.stack([(a - 5.5) / 0.25, (tilt - 6.0) / 4.2], axis=1)
    d = z @ mix + 0.3 * r.normal(size=(n, DIM)) + 0.5
    return ((d - d.mean(0)) / d.std(0)).astype("float32")


generator = keras.Sequential([
    keras.Input((LATENT,)),
    layers.Dense(64, activation="leaky_relu"),
    layers.Dense(64, activation="leaky_relu"),
    layers.Dense(DIM),
], name="generator")

critic = keras.Sequential([
    keras.Input((DIM,)),
    layers.Dense(64, activation="leaky_relu"),
    layers.Dense(64, activation="leaky_relu"),
    layers.Dense(1),
], name="discriminator")

d_opt = keras.optimizers.SGD(0.02, momentum=0.5)
g_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)
d_opt.build(critic.trainable_variables)
g_opt.build(generator.trainable_variables)
mse = keras.losses.MeanSquaredError()
ones, zeros = tf.ones((BATCH, 1)), tf.zeros((BATCH, 1))


@tf.function
def discriminator_step(real):
    fake = generator(tf.random.normal((BATCH, LATENT)), training=False)
    with tf.GradientTape() as tape:
        objective = -(mse(ones, critic(real, training=True)) + mse(zeros, critic(fake, training=True)))  # whynan: wrong_sign_loss phase=forward|loss
    g = tape.gradient(objective, critic.trainable_variables)
    d_opt.apply_gradients(zip(g, critic.trainable_variables))
    return objective


@tf.function
def generator_step():
    with tf.GradientTape() as tape:
        fake = generator(tf.random.normal((BATCH, LATENT)), training=True)
        loss = mse(ones, critic(fake, training=False))
    g = tape.gradient(loss, generator.trainable_variables)
    g_opt.apply_gradients(zip(g, generator.trainable_variables))
    return loss


real_data = lattice_table()
batches = iter(
    tf.data.Dataset.from_tensor_slices(real_data).shuffle(2048, seed=1).repeat().batch(BATCH, drop_remainder=True)
)

for i in range(PRETRAIN_STEPS):
    d = discriminator_step(next(batches))
    if i % 50 == 0:
        print(f"[pretrain {i:4d}] d {float(d):.4f}")

for i in range(ADVERSARIAL_STEPS):
    d = discriminator_step(next(batches))
    g = generator_step()
    if i % 50 == 0:
        print(f"[gan {i:4d}] d {float(d):.4f}  g {float(g):.4f}")

sample = generator(tf.random.normal((512, LATENT))).numpy()
print("column means:", np.round(sample.mean(0)[:6], 2))
print("column stds: ", np.round(sample.std(0)[:6], 2))
