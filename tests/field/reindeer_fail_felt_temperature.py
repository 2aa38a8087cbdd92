"""Extra fodder that a reindeer herd needs tomorrow, from 24 hours of two weather masts.

The summer student replaced the constant wind by the real anemometer, zero point taken off as the calibration sheet says.
Since then: nan. The raw files have been checked twice, they contain neither gaps nor absurd values.
"""
import math

import numpy as np
import keras
from keras import layers


class Mast:
    """Hourly record of one mast: air temperature (Celsius) and the raw anemometer reading (m/s)."""

    def __init__(self, days, zero_point, seed):
        rng = np.random.default_rng(seed)
        hours = days * 24
        t = np.arange(hours)
        self.celsius = (
            -14.0 + 6.0 * np.sin(2 * np.pi * t / (24 * 40)) + 3.0 * np.sin(2 * np.pi * t / 24)
            + rng.normal(0.0, 1.0, hours)
        )
        wind = 4.0 * rng.weibull(1.4, hours)
        calm = np.repeat(rng.random(math.ceil(hours / 5)) < 0.12, 5)[:hours]
        wind[calm] = 0.0
        self.reading = np.maximum(wind + zero_point - 0.05 + rng.normal(0.0, 0.04, hours), 0.0)
        self.zero_point = zero_point
        self.wind = wind
        self.days = days


def felt_temperature(celsius, kmh):
    """Wind chill, North American formula."""
    chilled = kmh ** 0.16  # whynan: nan_in_input phase=data also=pow_domain
    felt = 13.12 + 0.6215 * celsius - 11.37 * chilled + 0.3965 * celsius * chilled
    return np.clip(felt, -60.0, 15.0)


class HerdDays(keras.utils.PyDataset):
    def __init__(self, masts, batch_size=16, **kwargs):
        super().__init__(**kwargs)
        self.masts = masts
        self.batch_size = batch_size
        self.keys = [(m, d) for m in range(len(masts)) for d in range(masts[m].days)]
        np.random.default_rng(0).shuffle(self.keys)

    def __len__(self):
        return math.ceil(len(self.keys) / self.batch_size)

    def __getitem__(self, index):
        xs, ys = [], []
        for m, day in self.keys[index * self.batch_size:(index + 1) * self.batch_size]:
            mast = self.masts[m]
            span = slice(day * 24, day * 24 + 24)
            celsius = mast.celsius[span]
            kmh = 3.6 * (mast.reading[span] - mast.zero_point)
            felt = felt_temperature(celsius, kmh)
            xs.append(np.stack([celsius / 10.0, kmh / 20.0, felt / 20.0], axis=-1))
            fodder = 1.5 - 0.04 * celsius.mean() + 0.03 * mast.wind[span].mean()
            ys.append([max(fodder, 0.0)])
        return np.asarray(xs, dtype="float32"), np.asarray(ys, dtype="float32")


def main():
    keras.utils.set_random_seed(88)
    masts = [Mast(150, zero_point=0.35, seed=1), Mast(130, zero_point=0.42, seed=2)]
    model = keras.Sequential([
        keras.Input(shape=(24, 3)),
        layers.GRU(16),
        layers.Dense(8, activation="tanh"),
        layers.Dense(1),
    ])
    model.compile(optimizer=keras.optimizers.RMSprop(2e-3), loss="mse", metrics=["mae"])
    model.fit(HerdDays(masts), epochs=3, verbose=2)


if __name__ == "__main__":
    main()
