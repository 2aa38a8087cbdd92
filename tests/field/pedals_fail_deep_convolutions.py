"""Fatigue score of cyclists from one minute of power, cadence, heart rate and speed.

A 1-d residual network, He initialisation, targets and channels standardised. The first step reports
a loss of more than 1e15 (!), the second one nan. I lowered the rate by a factor of a hundred, the first number
stays the same and the second is still nan.
"""
import math

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(64)

CHANNELS = 32
KERNEL = 3
BLOCKS = 7
SECONDS = 60


def he_normal_for(kernel_size):
    """He et al.: standard deviation sqrt(2 / n), n the size of the filter."""
    return keras.initializers.RandomNormal(stddev=math.sqrt(2.0 / kernel_size))


def ride_minutes(n, rng):
    t = np.arange(SECONDS)
    strain = rng.uniform(0, 1, n)
    power = 210 + 60 * np.sin(t / 7.0 + rng.uniform(0, 6, (n, 1))) - 40 * strain[:, None]
    cadence = 88 - 9 * strain[:, None] + rng.normal(0, 2, (n, SECONDS))
    heart = 138 + 32 * strain[:, None] + 0.05 * t + rng.normal(0, 1.5, (n, SECONDS))
    speed = 31 + 0.03 * (power - 210) + rng.normal(0, 0.5, (n, SECONDS))
    signal = np.stack([power, cadence, heart, speed], axis=-1)
    signal = (signal - signal.mean(axis=(0, 1))) / signal.std(axis=(0, 1))
    score = 10 * strain + rng.normal(0, 0.4, n)
    score = (score - score.mean()) / score.std()
    return signal.astype("float32"), score.astype("float32")


def unit(x):
    y = layers.Conv1D(CHANNELS, KERNEL, padding="same", kernel_initializer=he_normal_for(KERNEL))(x)
    return layers.LeakyReLU(negative_slope=0.2)(y)


def residual(x):
    return layers.Add()([x, unit(unit(x))])


def fatigue_net():
    signal = keras.Input((SECONDS, 4))
    x = layers.Conv1D(CHANNELS, 1, name="channels")(signal)
    for _ in range(BLOCKS):
        x = residual(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(signal, layers.Dense(1, name="fatigue")(x))


signal, score = ride_minutes(256, np.random.default_rng(4))
net = fatigue_net()
net.compile(keras.optimizers.SGD(1e-3, momentum=0.9), loss="mse")

for step in range(0, 256, 32):
    value = net.train_on_batch(signal[step:step + 32], score[step:step + 32])  # whynan: bad_initialization phase=forward also=exploding_gradient,learning_rate_too_high
    print("step", step // 32, "loss", float(np.asarray(value).ravel()[0]))
