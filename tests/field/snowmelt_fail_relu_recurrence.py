"""Yearly runoff of small alpine catchments from a year of daily weather, one recurrent layer.

tanh saturated (the state stuck at +-1 for weeks), so I took relu as in the rest of my networks. Weather is standardised,
snow water equivalent is capped, plain SGD at a small rate, and still: the first step gives a large but finite loss, the
second one is gone.
"""
import keras
import numpy as np

keras.utils.set_random_seed(6)
DAYS = 365


class WeatherYears:
    """Generates catchment-years: precipitation, temperature, radiation, snow water equivalent."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.day = np.arange(DAYS)

    def one_year(self):
        rng = self.rng
        altitude = rng.uniform(1200.0, 2600.0)
        season = np.cos(2 * np.pi * (self.day - 200) / DAYS)
        temperature = 11.0 - 0.0055 * (altitude - 1200.0) + 9.0 * season + rng.normal(0.0, 3.0, DAYS)
        rain = rng.gamma(0.35, 9.0, DAYS) * (1.0 + 0.0002 * altitude)
        radiation = 160.0 + 110.0 * season + rng.normal(0.0, 25.0, DAYS)
        snow, pack = np.zeros(DAYS), 0.0
        for d in range(DAYS):
            pack = pack + rain[d] if temperature[d] < 0.5 else max(pack - 4.5 * temperature[d], 0.0)
            snow[d] = pack
        runoff = 0.75 * rain.sum() - 0.9 * np.maximum(temperature, 0.0).sum() * 0.1
        return np.stack([rain, temperature, radiation, np.minimum(snow, 800.0)], 1), runoff

    def batches(self, size, mean, std):
        while True:
            years = [self.one_year() for _ in range(size)]
            x = (np.stack([w for w, _ in years]) - mean) / std
            y = np.array([[r] for _, r in years])  # millimetres
            yield x.astype("float32"), y.astype("float32")

    def climate(self, n=24):
        stacked = np.stack([self.one_year()[0] for _ in range(n)])
        return stacked.mean(axis=(0, 1)), stacked.std(axis=(0, 1))


def runoff_model(units=32):
    weather = keras.Input((DAYS, 4), name="weather")
    state = keras.layers.SimpleRNN(units, activation="relu", name="catchment")(weather)
    state = keras.layers.Dropout(0.1)(state)
    runoff = keras.layers.Dense(1, name="runoff")(state)
    return keras.Model(weather, runoff)


years = WeatherYears(seed=6)
mean, std = years.climate()
print("climate", mean.round(1), std.round(1))
model = runoff_model()
model.compile(optimizer=keras.optimizers.SGD(1e-3), loss="mse", metrics=["mae"])
model.fit(years.batches(16, mean, std), steps_per_epoch=5, epochs=3, verbose=2)  # whynan: exploding_gradient phase=forward|gradient|loss also=learning_rate_too_high,unscaled_target
