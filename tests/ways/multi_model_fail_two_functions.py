import numpy as np
import tensorflow as tf
import keras
from keras import layers
keras.utils.set_random_seed(4)
rng = np.random.default_rng(0)
real_data = rng.normal(2.0, 0.5, size=(512, 4)).astype("float32")
gen = keras.Sequential([keras.Input((3,)), layers.Dense(16, activation="relu"), layers.Dense(4)])
disc = keras.Sequential([keras.Input((4,)), layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid")])
g_opt, d_opt = keras.optimizers.Adam(1e-2), keras.optimizers.SGD(1.5)

@tf.function
def d_step(real, z):
    with tf.GradientTape() as tape:
        p, q = disc(real), disc(gen(z))
        loss = -tf.reduce_mean(tf.math.log(p + 1e-8)) - tf.reduce_mean(tf.math.log(1.0 - q))  # whynan: log_of_zero phase=loss
    d_opt.apply_gradients(zip(tape.gradient(loss, disc.trainable_variables), disc.trainable_variables))
    return loss

@tf.function
def g_step(z):
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(tf.math.log(disc(gen(z)) + 1e-8))
    g_opt.apply_gradients(zip(tape.gradient(loss, gen.trainable_variables), gen.trainable_variables))
    return loss

for i in range(400):
    z = tf.constant(rng.normal(size=(64, 3)).astype("float32") * 4)
    d = d_step(tf.constant(real_data[rng.integers(0, 512, 64)] * 8), z)
    g = g_step(z)
    if i % 50 == 0:
        print(i, float(d), float(g))
