"""WGAN that makes up petal measurements of zinnias (data augmentation for the breeders)."""
import numpy as np
import tensorflow as tf
from keras import Input, Sequential, layers, optimizers, utils

utils.set_random_seed(64)

LATENT = 6
FEATURES = 8
BATCH = 64
EPOCHS = 12


def zinnia_table(n=4000):
    g = np.random.default_rng(64)
    variety = g.integers(0, 3, n)
    centres = np.array([
        [4.1, 1.2, 22, 7.0, 60, 3.1, 0.8, 14],
        [6.3, 1.9, 45, 11.5, 85, 2.2, 0.5, 19],
        [3.0, 0.9, 12, 5.2, 35, 4.0, 0.9, 9],
    ])
    spread = centres.std(axis=0) * 0.15
    t = centres[variety] + g.normal(size=(n, FEATURES)) * spread
    lo, hi = t.min(axis=0), t.max(axis=0)
    return (2 * (t - lo) / (hi - lo) - 1).astype("float32")


generator = Sequential([
    Input((LATENT,)),
    layers.Dense(64, activation="leaky_relu"),
    layers.Dense(64, activation="leaky_relu"),
    layers.Dense(FEATURES, activation="tanh"),
], name="generator")

critic = Sequential([
    Input((FEATURES,)),
    layers.Dense(64, activation="leaky_relu"),
    layers.Dense(64, activation="leaky_relu"),
    layers.Dense(1),
], name="critic")

g_opt = optimizers.SGD(0.05, momentum=0.9)
c_opt = optimizers.SGD(0.05, momentum=0.9)
g_opt.build(generator.trainable_variables)
c_opt.build(critic.trainable_variables)


@tf.function
def train_step(real):
    z = tf.random.normal((tf.shape(real)[0], LATENT))
    with tf.GradientTape(persistent=True) as tape:
        fake = generator(z, training=True)
        s_fake, s_real = critic(fake, training=True), critic(real, training=True)  # whynan: exploding_gradient phase=forward also=wrong_sign_loss
        critic_loss = tf.reduce_mean(s_fake) - tf.reduce_mean(s_real)
        gen_loss = -tf.reduce_mean(s_fake)
    c_grads = tape.gradient(critic_loss, critic.trainable_variables)
    g_grads = tape.gradient(gen_loss, generator.trainable_variables)
    del tape
    c_opt.apply_gradients(zip(c_grads, critic.trainable_variables))
    g_opt.apply_gradients(zip(g_grads, generator.trainable_variables))
    return critic_loss, gen_loss


def main():
    table = zinnia_table()
    ds = tf.data.Dataset.from_tensor_slices(table).shuffle(len(table), seed=64).batch(BATCH)
    for epoch in range(EPOCHS):
        c_hist, g_hist = [], []
        for real in ds:
            c, g = train_step(real)
            c_hist.append(float(c))
            g_hist.append(float(g))
        print(f"epoch {epoch:2d}  critic {np.mean(c_hist): .3e}  generator {np.mean(g_hist): .3e}")
    sample = generator(tf.random.normal((5, LATENT)), training=False).numpy()
    print(sample.round(2))


main()
