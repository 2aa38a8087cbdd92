"""LSGAN that invents porcelain glaze reflectance curves (24 bands, -1..1)."""
import argparse

import numpy as np
import tensorflow as tf
import keras
from keras import layers


def get_args():
    p = argparse.ArgumentParser()
    p.add_argument("--latent", type=int, default=12)
    p.add_argument("--batch", type=int, default=64)
    p.add_argument("--g-lr", type=float, default=2e-4)
    p.add_argument("--ttur", type=float, default=4.0)
    p.add_argument("--disc-warmup", type=int, default=60)
    p.add_argument("--iterations", type=int, default=200)
    p.add_argument("--seed", type=int, default=11)
    return p.parse_args()


def glaze_curves(n, rng):
    bands = np.linspace(400, 700, 24)
    base = rng.uniform(0.2, 0.8, (n, 1))
    peak = rng.choice([450.0, 540.0, 620.0], size=(n, 1)) + rng.normal(0, 12, (n, 1))
    width = rng.uniform(25, 60, (n, 1))
    curve = base + rng.uniform(-0.5, 0.5, (n, 1)) * np.exp(-0.5 * ((bands - peak) / width) ** 2)
    curve += rng.normal(0, 0.01, curve.shape)
    return np.clip(2 * curve - 1, -1, 1).astype("float32")


def make_generator(latent, bands=24):
    return keras.Sequential([
        layers.Input((latent,)),
        layers.Dense(64), layers.LeakyReLU(negative_slope=0.2),
        layers.Dense(128), layers.LeakyReLU(negative_slope=0.2),
        layers.Dense(bands, activation="tanh"),
    ], name="generator")


def make_discriminator(bands=24):
    return keras.Sequential([
        layers.Input((bands,)),
        layers.Dense(128), layers.LeakyReLU(negative_slope=0.2),
        layers.Dense(64), layers.LeakyReLU(negative_slope=0.2),
        layers.Dense(1),
    ], name="discriminator")


def main():
    args = get_args()
    keras.utils.set_random_seed(args.seed)
    curves = glaze_curves(1500, np.random.default_rng(args.seed))
    real_batches = iter(tf.data.Dataset.from_tensor_slices(curves).shuffle(1500, seed=3)
                        .repeat().batch(args.batch, drop_remainder=True))

    gen, disc = make_generator(args.latent), make_discriminator()
    g_opt = keras.optimizers.Adam(args.g_lr, beta_1=0.5)
    d_opt = keras.optimizers.SGD(args.ttur)
    g_opt.build(gen.trainable_variables)
    d_opt.build(disc.trainable_variables)

    @tf.function
    def disc_step(real):
        fake = gen(tf.random.normal([args.batch, args.latent]), training=True)
        with tf.GradientTape() as tape:
            loss = 0.5 * (tf.reduce_mean(tf.square(disc(real) - 1.0)) + tf.reduce_mean(tf.square(disc(fake))))  # whynan: learning_rate_too_high phase=forward|loss
        grads = tape.gradient(loss, disc.trainable_variables)
        d_opt.apply_gradients(zip(grads, disc.trainable_variables))
        return loss

    @tf.function
    def gen_step():
        with tf.GradientTape() as tape:
            fake = gen(tf.random.normal([args.batch, args.latent]), training=True)
            loss = 0.5 * tf.reduce_mean(tf.square(disc(fake) - 1.0))
        grads = tape.gradient(loss, gen.trainable_variables)
        g_opt.apply_gradients(zip(grads, gen.trainable_variables))
        return loss

    for i in range(args.disc_warmup):
        d_loss = disc_step(next(real_batches))
    print("discriminator after warm-up:", float(d_loss))

    for i in range(args.iterations):
        d_loss = disc_step(next(real_batches))
        g_loss = gen_step()
        if i % 50 == 0:
            print(f"{i:4d}  d {float(d_loss):.4f}  g {float(g_loss):.4f}")

    sample = gen(tf.random.normal([5, args.latent])).numpy()
    print("mean sampled curve:", np.round((sample.mean(0) + 1) / 2, 2))


if __name__ == "__main__":
    main()
