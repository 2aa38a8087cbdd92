"""Climate in four dovecotes' sensor boxes: predict all channels and learn the noise of each sensor."""
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

CHANNELS = ("temperature", "humidity", "co2", "ammonia")


@dataclass
class Hyper:
    hours: int = 1920
    batch: int = 64
    epochs: int = 50
    trunk_lr: float = 2e-3
    noise_lr: float = 0.05
    width: int = 32
    seed: int = 58


def read_loggers(hp, rng):
    """Hourly drivers and the channels as the boxes send them."""
    t = np.arange(hp.hours)
    outside = 8 + 9 * np.sin(2 * np.pi * t / 24) + rng.normal(0, 1.5, hp.hours)
    birds = 20 + 10 * np.sin(2 * np.pi * t / 168) + rng.normal(0, 2, hp.hours)
    wind = rng.gamma(2, 1.5, hp.hours)
    flap = (rng.random(hp.hours) < 0.5).astype(float)
    drivers = np.column_stack([outside, birds, wind, flap])
    temperature = 0.7 * outside + 0.2 * birds - 1.5 * flap + rng.normal(0, 0.4, hp.hours)
    humidity = 65 - 0.8 * outside + 0.3 * birds + rng.normal(0, 3, hp.hours)
    co2 = 420 + 18 * birds / (1 + 0.3 * wind) + rng.normal(0, 20, hp.hours)
    ammonia = np.zeros(hp.hours)
    return drivers, np.column_stack([temperature, humidity, co2, ammonia])


def standardise(a):
    return ((a - a.mean(axis=0)) / (a.std(axis=0) + 1e-6)).astype("float32")


class SensorNoise(layers.Layer):
    """One learned log standard deviation per channel."""

    def __init__(self, n_channels, **kwargs):
        super().__init__(**kwargs)
        self.log_sigma = self.add_weight(shape=(n_channels,), initializer="zeros", name="log_sigma")

    def call(self, mean, observed):
        sigma = ops.exp(self.log_sigma)
        chi2 = ops.square(observed - mean) / ops.square(sigma)  # whynan: exp_underflow phase=loss|gradient|forward also=divide_by_zero,unconstrained_scale
        return ops.mean(0.5 * chi2 + self.log_sigma)


def build_trunk(n_inputs, hp):
    return keras.Sequential(
        [
            keras.Input((n_inputs,)),
            layers.Dense(hp.width, activation="tanh"),
            layers.Dense(hp.width, activation="tanh"),
            layers.Dense(len(CHANNELS), kernel_initializer="zeros", name="mean"),
        ],
        name="trunk",
    )


def main(hp=Hyper()):
    keras.utils.set_random_seed(hp.seed)
    drivers, channels = read_loggers(hp, np.random.default_rng(hp.seed))
    data = tf.data.Dataset.from_tensor_slices((standardise(drivers), standardise(channels)))
    data = data.shuffle(hp.hours, seed=hp.seed).batch(hp.batch)

    trunk = build_trunk(drivers.shape[1], hp)
    noise = SensorNoise(len(CHANNELS))
    trunk_opt = keras.optimizers.Adam(hp.trunk_lr)
    noise_opt = keras.optimizers.Adam(hp.noise_lr)
    trunk_opt.build(trunk.trainable_variables)
    noise_opt.build(noise.trainable_variables)

    @tf.function
    def train_step(x, y):
        with tf.GradientTape() as tape:
            nll = noise(trunk(x, training=True), y)
        n_trunk = len(trunk.trainable_variables)
        grads = tape.gradient(nll, trunk.trainable_variables + noise.trainable_variables)
        trunk_opt.apply(grads[:n_trunk], trunk.trainable_variables)
        noise_opt.apply(grads[n_trunk:], noise.trainable_variables)
        return nll

    for epoch in range(hp.epochs):
        losses = [train_step(x, y) for x, y in data]
        if (epoch + 1) % 10 == 0:
            print(f"epoch {epoch + 1}: nll {float(tf.reduce_mean(losses)):.3f}")
    print(dict(zip(CHANNELS, noise.log_sigma.numpy().round(2).tolist())))


if __name__ == "__main__":
    main()
