"""Generate plausible ammonite shell measurements to fill up a small museum collection.

Vanilla GAN on six log-measurements (diameter, umbilicus, whorl height and width,
rib count, suture length), standardised.
"""
import numpy as np
import tensorflow as tf
import keras
from keras.layers import Dense, Input

keras.utils.set_random_seed(145)

NOISE = 8


def museum(n=1024):
    rng = np.random.default_rng(201)
    diameter = rng.lognormal(3.5, 0.4, n)
    umbilicus = 0.35 * diameter * rng.lognormal(0, 0.1, n)
    height = 0.4 * diameter * rng.lognormal(0, 0.1, n)
    width = 0.3 * diameter * rng.lognormal(0, 0.2, n)
    ribs = 20 + rng.poisson(12, n)
    suture = 2.2 * height * rng.lognormal(0, 0.15, n)
    m = np.log(np.stack([diameter, umbilicus, height, width, ribs, suture], axis=1))
    return ((m - m.mean(0)) / m.std(0)).astype(np.float32)


forger = keras.Sequential([Input((NOISE,)), Dense(32, activation="tanh"), Dense(32, activation="tanh"), Dense(6)])
curator = keras.Sequential([Input((6,)), Dense(32, activation="tanh"), Dense(32, activation="tanh"), Dense(1)])

forger_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)
curator_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)


@tf.function
def duel(real):
    z = tf.random.normal((tf.shape(real)[0], NOISE))
    with tf.GradientTape() as tape:
        fake = forger(z, training=True)
        on_real = curator(real, training=True)
        on_fake = curator(fake, training=True)
        curator_loss = -tf.reduce_mean(tf.math.log(on_real) + tf.math.log(1.0 - on_fake))  # whynan: wrong_loss_for_activation phase=loss also=log_of_negative
    grads = tape.gradient(curator_loss, curator.trainable_variables)
    curator_opt.apply_gradients(zip(grads, curator.trainable_variables))

    z = tf.random.normal((tf.shape(real)[0], NOISE))
    with tf.GradientTape() as tape:
        verdict = curator(forger(z, training=True), training=True)
        forger_loss = -tf.reduce_mean(tf.math.log(verdict))
    grads = tape.gradient(forger_loss, forger.trainable_variables)
    forger_opt.apply_gradients(zip(grads, forger.trainable_variables))
    return curator_loss, forger_loss


shells = museum()
batches = tf.data.Dataset.from_tensor_slices(shells).shuffle(1024, seed=3).batch(64)

for epoch in range(1, 9):
    c_sum = f_sum = 0.0
    for real in batches:
        c, f = duel(real)
        c_sum += float(c)
        f_sum += float(f)
    print(f"epoch {epoch}: curator {c_sum / 16:.3f}  forger {f_sum / 16:.3f}")

made = forger(tf.random.normal((500, NOISE))).numpy()
print("correlation of diameter and whorl height, real: %.2f  made: %.2f" % (
    np.corrcoef(shells[:, 0], shells[:, 2])[0, 1], np.corrcoef(made[:, 0], made[:, 2])[0, 1]))
