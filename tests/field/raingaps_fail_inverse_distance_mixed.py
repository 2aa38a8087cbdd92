"""Filling gaps in rain gauge records from the eight nearest neighbours.

The first layer is plain inverse distance weighting, the rest of the network corrects it with elevation, exposure and
season.  It ran for months in float32.  To use the new card I only added the line with the mixed precision policy; now
every epoch reports "loss: nan", though the predictions of some gauges still look plausible.
"""
import math

import keras
import numpy as np
from keras import layers, ops

keras.config.set_dtype_policy("mixed_float16")

NEIGHBOURS = 8
OPTIONS = {"days": 640, "batch": 32, "epochs": 4, "rate": 2e-3, "tiny": 1e-6}


class InverseDistance(layers.Layer):
    """Average of the neighbours, weighted with one over the squared distance."""

    def __init__(self, tiny, **kwargs):
        super().__init__(**kwargs)
        self.tiny = tiny

    def call(self, inputs):
        distance, rain = inputs
        near = 1.0 / (ops.square(distance) + self.tiny)  # whynan: float16_overflow phase=forward also=float16_epsilon_underflow,clip_misuse,divide_by_zero
        share = near / ops.sum(near, axis=-1, keepdims=True)
        return ops.sum(share * rain, axis=-1, keepdims=True)


class GaugeDays(keras.utils.PyDataset):
    def __init__(self, table, target, batch, **kwargs):
        super().__init__(**kwargs)
        self.table, self.target, self.batch = table, target, batch

    def __len__(self):
        return math.ceil(len(self.target) / self.batch)

    def __getitem__(self, index):
        part = slice(index * self.batch, (index + 1) * self.batch)
        return {name: column[part] for name, column in self.table.items()}, self.target[part]


def gauge_days(n, rng):
    distance = np.sort(rng.uniform(0.8, 38.0, (n, NEIGHBOURS)), axis=1).round(1)
    twin = rng.choice(n, 24, replace=False)
    distance[twin, 0] = 0.0  # weighing gauge beside the old tipping bucket, same coordinates in the register
    here = rng.gamma(0.9, 7.0, n)
    rain = np.clip(here[:, None] + rng.normal(0, 0.12, (n, NEIGHBOURS)) * distance, 0, None).round(1)
    site = np.stack([
        rng.normal(0, 1, n),                        # elevation against the neighbours, standardised
        rng.uniform(0, 1, n),                       # exposure
        np.sin(2 * np.pi * rng.integers(0, 365, n) / 365.0),
    ], axis=1)
    target = here * (1 + 0.05 * site[:, 0]) + 0.3 * site[:, 1]
    table = {"distance": distance.astype("float32"), "rain": rain.astype("float32"), "site": site.astype("float32")}
    return table, target.astype("float32")[:, None]


def build(tiny):
    distance = keras.Input((NEIGHBOURS,), name="distance")
    rain = keras.Input((NEIGHBOURS,), name="rain")
    site = keras.Input((3,), name="site")
    first_guess = InverseDistance(tiny, name="first_guess")([distance, rain])
    h = layers.Concatenate()([first_guess, site])
    h = layers.Dense(24, activation="tanh")(h)
    correction = layers.Dense(1)(h)
    filled = layers.Add(dtype="float32", name="filled")([first_guess, correction])
    return keras.Model({"distance": distance, "rain": rain, "site": site}, filled)


def main():
    keras.utils.set_random_seed(19)
    table, target = gauge_days(OPTIONS["days"], np.random.default_rng(19))
    model = build(OPTIONS["tiny"])
    model.compile(optimizer=keras.optimizers.Adam(OPTIONS["rate"]), loss="mae")
    model.fit(GaugeDays(table, target, OPTIONS["batch"]), epochs=OPTIONS["epochs"], verbose=2)

    filled = model.predict(table, verbose=0)
    print("days that could be filled:", int(np.isfinite(filled).sum()), "of", len(target))


if __name__ == "__main__":
    main()
