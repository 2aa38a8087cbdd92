"""Conditional GAN that invents 24 hour load profiles for three kinds of customer.

The first part of the run is fine. Since I switched on the diversity term (the generator gave nearly the same
curve for every noise vector) both losses are nan almost at once, with and without the R1 penalty.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(21)

CFG = {"noise": 8, "kinds": 3, "batch": 32, "steps": 140, "spread_from": 60, "r1": 0.5, "spread": 0.3}


def load_profiles(count=1500):
    rng = np.random.default_rng(4)
    hour = np.arange(24)
    household = 0.3 + 0.5 * np.exp(-0.5 * ((hour - 19) / 2.0) ** 2) + 0.25 * np.exp(-0.5 * ((hour - 7) / 1.5) ** 2)
    office = 0.15 + 0.8 * np.exp(-0.5 * ((hour - 13) / 3.5) ** 2)
    bakery = 0.2 + 0.7 * np.exp(-0.5 * ((hour - 4) / 2.0) ** 2)
    kind = rng.integers(0, 3, count)
    curve = np.stack([household, office, bakery])[kind]
    curve = curve * rng.uniform(0.7, 1.2, (count, 1)) + rng.normal(0.0, 0.03, (count, 24))
    return curve.astype("float32"), np.eye(3, dtype="float32")[kind]


def build_generator():
    noise = keras.Input((CFG["noise"],))
    kind = keras.Input((CFG["kinds"],))
    h = layers.Concatenate()([noise, kind])
    h = layers.Dense(64, activation="relu")(h)
    h = layers.Dense(64, activation="relu")(h)
    return keras.Model([noise, kind], layers.Dense(24)(h))


def build_critic():
    curve = keras.Input((24,))
    kind = keras.Input((CFG["kinds"],))
    h = layers.Concatenate()([curve, kind])
    for width in (64, 32):
        h = layers.Dense(width)(h)
        h = layers.LeakyReLU(negative_slope=0.2)(h)
    return keras.Model([curve, kind], layers.Dense(1)(h))


def spread_penalty(curves, noise):
    """Small when different noise leads to different curves."""
    order = tf.random.shuffle(tf.range(tf.shape(noise)[0]))
    curve_gap = tf.reduce_mean(tf.abs(curves - tf.gather(curves, order)), axis=1)
    noise_gap = tf.reduce_mean(tf.abs(noise - tf.gather(noise, order)), axis=1)
    ratio = curve_gap / noise_gap  # whynan: divide_by_zero phase=loss|forward
    return 1.0 / (tf.reduce_mean(ratio) + 1e-5)


generator, critic = build_generator(), build_critic()
g_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)
d_opt = keras.optimizers.Adam(2e-4, beta_1=0.5)
g_opt.build(generator.trainable_variables)
d_opt.build(critic.trainable_variables)


@tf.function
def train_step(real, kind, with_spread):
    noise = tf.random.normal((CFG["batch"], CFG["noise"]))
    with tf.GradientTape() as d_tape:
        fake = generator([noise, kind], training=True)
        with tf.GradientTape() as slope_tape:
            slope_tape.watch(real)
            real_score = critic([real, kind], training=True)
        slope = slope_tape.gradient(real_score, real)
        r1 = tf.reduce_mean(tf.reduce_sum(tf.square(slope), axis=1))
        fake_score = critic([fake, kind], training=True)
        d_loss = tf.reduce_mean(tf.nn.softplus(-real_score)) + tf.reduce_mean(tf.nn.softplus(fake_score))
        d_loss += CFG["r1"] * r1
    grads = d_tape.gradient(d_loss, critic.trainable_variables)
    d_opt.apply_gradients(zip(grads, critic.trainable_variables))

    noise = tf.random.normal((CFG["batch"], CFG["noise"]))
    with tf.GradientTape() as g_tape:
        fake = generator([noise, kind], training=True)
        g_loss = tf.reduce_mean(tf.nn.softplus(-critic([fake, kind], training=True)))
        if with_spread:
            g_loss += CFG["spread"] * spread_penalty(fake, noise)
    grads = g_tape.gradient(g_loss, generator.trainable_variables)
    g_opt.apply_gradients(zip(grads, generator.trainable_variables))
    return d_loss, g_loss


curves, kinds = load_profiles()
stream = tf.data.Dataset.from_tensor_slices((curves, kinds)).shuffle(1500, seed=3).repeat()
stream = stream.batch(CFG["batch"]).take(CFG["steps"])

for step, (real, kind) in enumerate(stream):
    d_loss, g_loss = train_step(real, kind, step >= CFG["spread_from"])
    if step % 10 == 0:
        print(f"step {step:3d}  critic {float(d_loss):.4f}  generator {float(g_loss):.4f}")
