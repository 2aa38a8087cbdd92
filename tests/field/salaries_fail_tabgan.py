"""Small GAN that makes up anonymous payroll rows, so that we can share a test table."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(404)

NOISE = 16
BATCH = 128
COLS = ["age", "tenure", "base", "bonus", "overtime", "sick_days", "commute",
        "grade", "training_h", "team_size", "leave", "pension"]


def payroll(n=2560):
    r = np.random.default_rng(40)
    factors = r.normal(size=(n, 5))
    load = r.normal(scale=0.6, size=(5, len(COLS)))
    rows = factors @ load + r.normal(scale=0.7, size=(n, len(COLS)))
    return ((rows - rows.mean(0)) / rows.std(0)).astype("float32")


generator = keras.Sequential([
    layers.Input((NOISE,)),
    layers.Dense(64, activation="leaky_relu"),
    layers.Dense(64, activation="leaky_relu"),
    layers.Dense(len(COLS)),
], name="generator")

discriminator = keras.Sequential([
    layers.Input((len(COLS),)),
    layers.Dense(64, activation="leaky_relu"),
    layers.Dense(32, activation="leaky_relu"),
    layers.Dense(1),
], name="discriminator")

g_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)
d_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)
g_opt.build(generator.trainable_variables)
d_opt.build(discriminator.trainable_variables)


@tf.function
def train_discriminator(real):
    z = tf.random.normal([BATCH, NOISE])
    fake = generator(z, training=True)
    with tf.GradientTape() as tape:
        d_real = discriminator(real, training=True)
        d_fake = discriminator(fake, training=True)
        d_loss = -tf.reduce_mean(tf.math.log(d_real) + tf.math.log(1.0 - d_fake))  # whynan: wrong_loss_for_activation phase=loss also=log_of_negative
    grads = tape.gradient(d_loss, discriminator.trainable_variables)
    d_opt.apply_gradients(zip(grads, discriminator.trainable_variables))
    return d_loss


@tf.function
def train_generator():
    z = tf.random.normal([BATCH, NOISE])
    with tf.GradientTape() as tape:
        d_fake = discriminator(generator(z, training=True), training=True)
        g_loss = -tf.reduce_mean(tf.math.log(d_fake))
    grads = tape.gradient(g_loss, generator.trainable_variables)
    g_opt.apply_gradients(zip(grads, generator.trainable_variables))
    return g_loss


rows = payroll()
ds = tf.data.Dataset.from_tensor_slices(rows).shuffle(len(rows), seed=2).batch(BATCH, drop_remainder=True)

for epoch in range(5):
    d_hist, g_hist = [], []
    for real in ds:
        d_hist.append(float(train_discriminator(real)))
        g_hist.append(float(train_generator()))
    print(f"epoch {epoch}  D {np.mean(d_hist):.3f}  G {np.mean(g_hist):.3f}")

sample = generator(tf.random.normal([4, NOISE])).numpy()
print(dict(zip(COLS, sample[0].round(2))))
