"""Taxi trip duration with mixed precision.

Before, the time feature was the hour (0..23). The new export has seconds since midnight, so
I only changed the period of the cyclic encoding from 24 to 86400.
"""
import argparse
import math

import numpy as np
import keras
from keras import layers, ops

SECONDS_PER_DAY = 86400


class CyclicTime(layers.Layer):
    """sin/cos of the time of the day and its harmonics"""

    def __init__(self, period, harmonics=3, **kwargs):
        super().__init__(**kwargs)
        self.frequency = 1.0 / period
        self.harmonics = harmonics

    def fraction_of_day(self, seconds):
        t = ops.cast(seconds, self.compute_dtype)  # whynan: float16_overflow phase=forward also=unscaled_input
        return t * self.frequency

    def call(self, seconds):
        fraction = self.fraction_of_day(seconds)
        waves = []
        for k in range(1, self.harmonics + 1):
            angle = fraction * (2.0 * math.pi * k)
            waves += [ops.sin(angle), ops.cos(angle)]
        return ops.concatenate(waves, axis=-1)


def make_trips(n, seed):
    rng = np.random.default_rng(seed)
    seconds = rng.integers(0, SECONDS_PER_DAY, n)
    distance = rng.gamma(2.0, 1.6, n)
    passengers = rng.integers(1, 6, n)
    rush = np.exp(-((seconds / 3600 - 8.5) / 2) ** 2) + np.exp(-((seconds / 3600 - 17.5) / 2.5) ** 2)
    minutes = 3 + distance * (2.2 + 1.8 * rush) + rng.normal(0, 1, n)
    numeric = np.stack([np.log1p(distance), passengers / 6.0], axis=1)
    return (
        {"seconds": seconds.astype("int32")[:, None], "numeric": numeric.astype("float32")},
        np.log1p(np.maximum(minutes, 1.0)).astype("float32")[:, None],
    )


def build_model(width):
    seconds = keras.Input((1,), dtype="int32", name="seconds")
    numeric = keras.Input((2,), name="numeric")
    clock = CyclicTime(SECONDS_PER_DAY, name="clock")(seconds)
    x = layers.Concatenate()([clock, numeric])
    x = layers.Dense(width, activation="swish")(x)
    x = layers.Dense(width, activation="swish")(x)
    duration = layers.Dense(1, dtype="float32", name="log_minutes")(x)
    return keras.Model({"seconds": seconds, "numeric": numeric}, duration)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--policy", default="mixed_float16")
    args = parser.parse_args()

    keras.utils.set_random_seed(15)
    keras.mixed_precision.set_global_policy(args.policy)
    x_train, y_train = make_trips(1024, seed=0)
    x_val, y_val = make_trips(256, seed=1)
    model = build_model(args.width)
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
    model.fit(x_train, y_train, validation_data=(x_val, y_val), batch_size=64, epochs=args.epochs, verbose=2)


if __name__ == "__main__":
    main()
