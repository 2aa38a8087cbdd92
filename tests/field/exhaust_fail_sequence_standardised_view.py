"""Particle number from the exhaust gas analyser. I printed mean 0 and standard deviation 1 for a batch of the sequence
before training; in fit the loss is nan all the same."""
import math

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(21)


class AnalyserRuns(keras.utils.PyDataset):
    """Batches of consecutive analyser readings, standardised on the way out."""

    def __init__(self, readings, target, batch_size=32, **kwargs):
        super().__init__(**kwargs)
        self.readings = readings
        self.target = target
        self.batch_size = batch_size
        self.mean = readings.mean(axis=0)
        self.std = readings.std(axis=0) + 1e-6

    def __len__(self):
        return math.ceil(len(self.readings) / self.batch_size)

    def __getitem__(self, index):
        lo = index * self.batch_size
        hi = min(lo + self.batch_size, len(self.readings))
        batch = self.readings[lo:hi]
        batch -= self.mean
        batch /= self.std
        return batch, self.target[lo:hi]


def bench_day(n=800):
    """Mole fractions of CO2, CO, NO, HC, O2 and the lambda excess; all small numbers."""
    rng = np.random.default_rng(21)
    centre = np.array([0.128, 0.021, 0.011, 0.006, 0.014, 0.03])
    width = np.array([0.012, 0.006, 0.003, 0.0015, 0.004, 0.01])
    load = rng.beta(2.0, 3.0, n)[:, None]
    gas = centre + width * (rng.normal(size=(n, 6)) + 1.5 * (load - 0.4))
    particles = 11.2 + 2.0 * load[:, 0] + 40.0 * (gas[:, 1] - 0.021) + 0.1 * rng.normal(size=n)
    return gas.astype("float32"), particles.astype("float32")


gas, particles = bench_day()
particles = (particles - particles.mean()) / particles.std()
runs = AnalyserRuns(gas, particles)

model = keras.Sequential([
    layers.Input((gas.shape[1],)),
    layers.Dense(32, activation="leaky_relu"),
    layers.Dense(16, activation="leaky_relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), loss="mse")
history = model.fit(runs, epochs=6, verbose=0)  # whynan: unscaled_input phase=forward|loss|gradient|update also=exploding_gradient,learning_rate_too_high,inf_in_input
print([round(float(v), 4) for v in history.history["loss"]])
