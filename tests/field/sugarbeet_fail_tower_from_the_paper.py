"""Sugar content of beets from near infrared spectra, with the tower described in a paper.

They write "weights drawn from a normal distribution with 0.05" and I follow that.  Inputs and target are standardised.
Loss of the first batch has more than a dozen digits, after that it is nan.  A rate ten times smaller does not help.
"""
from dataclasses import dataclass, field

import keras
import numpy as np
from keras import layers


@dataclass
class Plan:
    beets: int = 640
    wavelengths: int = 60
    widths: list = field(default_factory=lambda: [256] * 6)
    weights: float = 0.05
    rate: float = 1e-3
    epochs: int = 3
    seed: int = 31


def spectra(plan):
    rng = np.random.default_rng(plan.seed)
    grid = np.linspace(0.0, 1.0, plan.wavelengths)
    sugar = rng.normal(17.5, 1.3, plan.beets)
    water = rng.normal(76.0, 2.0, plan.beets)
    sugar_band = np.exp(-0.5 * ((grid - 0.35) / 0.06) ** 2)
    water_band = np.exp(-0.5 * ((grid - 0.70) / 0.10) ** 2)
    scatter = rng.normal(1.0, 0.05, (plan.beets, 1))
    absorbance = 0.4 + 0.02 * sugar[:, None] * sugar_band + 0.01 * water[:, None] * water_band
    absorbance = absorbance * scatter + rng.normal(0.0, 0.004, (plan.beets, plan.wavelengths))
    return absorbance, sugar


def standardise(values):
    values = values - values.mean(axis=0)
    return (values / (values.std(axis=0) + 1e-6)).astype("float32")


class Tower(keras.Model):
    def __init__(self, plan):
        super().__init__()
        self.floors = [
            layers.Dense(
                width,
                activation="leaky_relu",
                kernel_initializer=keras.initializers.RandomNormal(plan.weights, seed=plan.seed + floor),
            )
            for floor, width in enumerate(plan.widths)
        ]
        self.top = layers.Dense(1, kernel_initializer=keras.initializers.RandomNormal(plan.weights, seed=99))

    def call(self, spectrum):
        for floor in self.floors:
            spectrum = floor(spectrum)  # whynan: bad_initialization phase=forward|loss|gradient|update also=exploding_gradient,learning_rate_too_high
        return self.top(spectrum)


def run(plan):
    keras.utils.set_random_seed(plan.seed)
    absorbance, sugar = spectra(plan)
    inputs, target = standardise(absorbance), standardise(sugar[:, None])
    print("inputs", inputs.min(), inputs.max(), "target", target.min(), target.max())

    tower = Tower(plan)
    tower.compile(optimizer=keras.optimizers.SGD(plan.rate, momentum=0.9), loss="mean_squared_error", metrics=["mae"])
    print("before training:", tower.evaluate(inputs[:64], target[:64], verbose=0))
    return tower.fit(inputs, target, batch_size=64, epochs=plan.epochs, validation_split=0.1, verbose=2)


print(run(Plan()).history["loss"])
