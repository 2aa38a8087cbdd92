"""Synthetic tidal whirlpools: (radius, rotation) pairs from a small generator.

Wasserstein critic with gradient penalty, three critic steps for one generator
step. Samples for the ship simulator come from the averaged generator.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SEED = 77
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

LATENT, BATCH = 6, 128


def observed(n=3000):
    spring_tide = rng.random(n) < 0.35
    radius = np.where(spring_tide, rng.lognormal(2.3, 0.25, n), rng.lognormal(1.2, 0.3, n))
    speed = 9.0 / np.sqrt(radius) * rng.lognormal(0.0, 0.15, n)
    return np.log(np.column_stack([radius, speed]))


raw = observed()
mean, std = raw.mean(0), raw.std(0)
data = ((raw - mean) / std).astype("float32")

gen = keras.Sequential([
    keras.Input((LATENT,)),
    layers.Dense(48, activation="relu"),
    layers.Dense(48, activation="relu"),
    layers.Dense(2),
])
critic = keras.Sequential([
    keras.Input((2,)),
    layers.Dense(64), layers.LeakyReLU(negative_slope=0.2),
    layers.Dense(64), layers.LeakyReLU(negative_slope=0.2),
    layers.Dense(1),
])
smooth_gen = keras.models.clone_model(gen)
smooth_gen.set_weights(gen.get_weights())

g_opt = keras.optimizers.Adam(5e-4, beta_1=0.5, beta_2=0.9)
c_opt = keras.optimizers.Adam(5e-4, beta_1=0.5, beta_2=0.9)
g_opt.build(gen.trainable_variables)
c_opt.build(critic.trainable_variables)


@tf.function
def critic_step(real):
    fake = gen(tf.random.normal((BATCH, LATENT)), training=True)
    mix = tf.random.uniform((BATCH, 1))
    between = mix * real + (1.0 - mix) * fake
    with tf.GradientTape() as tape:
        with tf.GradientTape() as inner:
            inner.watch(between)
            score = critic(between, training=True)
        slope = inner.gradient(score, between)
        norm = tf.sqrt(tf.reduce_sum(tf.square(slope), axis=1) + 1e-12)
        penalty = tf.reduce_mean(tf.square(norm - 1.0))
        gap = tf.reduce_mean(critic(fake, training=True)) - tf.reduce_mean(critic(real, training=True))
        loss = gap + 10.0 * penalty
    grads = tape.gradient(loss, critic.trainable_variables)
    grads, _ = tf.clip_by_global_norm(grads, 5.0)
    c_opt.apply_gradients(zip(grads, critic.trainable_variables))
    return loss, gap


@tf.function
def generator_step():
    with tf.GradientTape() as tape:
        fake = gen(tf.random.normal((BATCH, LATENT)), training=True)
        loss = -tf.reduce_mean(critic(fake, training=True))
    grads = tape.gradient(loss, gen.trainable_variables)
    grads, _ = tf.clip_by_global_norm(grads, 5.0)
    g_opt.apply_gradients(zip(grads, gen.trainable_variables))
    return loss


for it in range(500):
    for _ in range(3):
        batch = data[rng.integers(0, len(data), BATCH)]
        c_loss, gap = critic_step(tf.constant(batch))  # whynan: healthy
    g_loss = generator_step()
    keep = min(0.99, it / (it + 10.0))
    for slow, fast in zip(smooth_gen.trainable_variables, gen.trainable_variables):
        slow.assign(keep * slow + (1.0 - keep) * fast)
    if it % 100 == 0 or it == 499:
        print(f"{it:4d} critic {float(c_loss):+.3f} gap {float(gap):+.3f} generator {float(g_loss):+.3f}")

sample = smooth_gen(tf.random.normal((len(data), LATENT))).numpy()
for k, name in enumerate(["log radius", "log speed"]):
    dist = np.mean(np.abs(np.sort(sample[:, k]) - np.sort(data[:, k])))
    print(f"{name}: distance to observations {dist:.3f}")
print("first samples:\n", np.exp(sample[:5] * std + mean).round(2))
