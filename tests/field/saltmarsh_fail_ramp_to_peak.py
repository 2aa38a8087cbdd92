"""Methane flux of a salt marsh from soil and weather readings.

The first two or three epochs are fine and the error drops nicely, I already got this far with a
constant rate. Somewhere after that the loss starts to climb and then it is inf and nan. I added a
warm-up because everybody says that it stops exactly this, but it makes no difference.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(12)

N_PLOTS = 1280
BATCH = 64
EPOCHS = 25
PEAK_RATE = 0.05
WARMUP_EPOCHS = 1


class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up to the peak rate, flat afterwards."""

    def __init__(self, peak, warmup_steps):
        super().__init__()
        self.peak = peak
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        done = ops.cast(step, "float32") / float(self.warmup_steps)
        return self.peak * ops.maximum(done, 1.0)

    def get_config(self):
        return {"peak": self.peak, "warmup_steps": self.warmup_steps}


def field_campaign(n):
    rng = np.random.default_rng(5)
    soil_temp = rng.normal(14.0, 5.0, n)
    water_table = rng.normal(-8.0, 6.0, n)
    salinity = rng.gamma(4.0, 4.0, n)
    biomass = rng.gamma(3.0, 120.0, n)
    light = rng.uniform(0.0, 1800.0, n)
    flux = (
        2.0 * np.exp(0.07 * (soil_temp - 14.0))
        + 0.09 * water_table
        - 0.06 * salinity
        + 0.002 * biomass
        + rng.normal(0.0, 0.3, n)
    )
    readings = np.stack([soil_temp, water_table, salinity, biomass, light], axis=1)
    return readings, flux


def standardise(a):
    return ((a - a.mean(axis=0)) / a.std(axis=0)).astype("float32")


readings, flux = field_campaign(N_PLOTS)
x = standardise(readings)
y = standardise(flux)[:, None]

model = keras.Sequential(
    [
        keras.Input((5,)),
        layers.Dense(48, activation="tanh"),
        layers.Dense(24, activation="tanh"),
        layers.Dense(1),
    ]
)

steps_per_epoch = N_PLOTS // BATCH
rate = WarmUp(PEAK_RATE, WARMUP_EPOCHS * steps_per_epoch)

model.compile(optimizer=keras.optimizers.SGD(learning_rate=rate), loss="mse", metrics=["mae"])
history = model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=2)  # whynan: learning_rate_too_high phase=loss|gradient|update also=exploding_gradient,lr_schedule_invalid

print("last loss", history.history["loss"][-1])
