"""Load forecast of a substation as deviation from the usual day. The csv of the grid company has no gaps, I checked all
columns, and yet the loss is nan after the first batch."""
import numpy as np
import keras
from keras import layers

CONFIG = {"days": 28, "batch": 48, "epochs": 5, "rate": 1e-3, "width": 32, "seed": 4}
keras.utils.set_random_seed(CONFIG["seed"])


def grid_company_export(days, seed):
    """Columns of the market file: hour ending (1 .. 24), day, temperature, MW."""
    rng = np.random.default_rng(seed)
    hour = np.tile(np.arange(1, 25), days)
    day = np.repeat(np.arange(days), 24)
    temperature = 9.0 + 5.0 * np.sin((hour - 9) / 24 * 2 * np.pi) + np.repeat(rng.normal(0, 3, days), 24)
    evening = np.exp(-0.5 * ((hour - 19) / 2.5) ** 2)
    load = 31.0 + 9.0 * evening - 0.35 * temperature - 3.0 * (day % 7 >= 5) + rng.normal(0, 0.8, hour.size)
    return hour, day, temperature, load


class DayProfile:
    """Mean load of every hour of the day."""

    def fit(self, hour, load):
        self.profile = np.array([load[hour == h].mean() for h in range(24)])  # whynan: empty_reduction phase=data rows=23,47,71,95,119,143,167,191,215,239,263,287,311,335,359,383,407,431,455,479,503,527,551,575,599,623,647,671 also=nan_in_label
        self.spread = load.std()
        return self

    def deviation(self, hour, load):
        # hour 24 is midnight, which is hour 0
        return (load - self.profile[hour % 24]) / self.spread

    def back(self, hour, deviation):
        return deviation * self.spread + self.profile[hour % 24]


def features(hour, day, temperature):
    angle = hour / 24 * 2 * np.pi
    columns = [np.sin(angle), np.cos(angle), (day % 7 >= 5).astype(float), (temperature - 9.0) / 6.0]
    return np.stack(columns, axis=1).astype("float32")


def network(n_inputs, width):
    inputs = keras.Input((n_inputs,))
    h = layers.Dense(width, activation="tanh")(inputs)
    h = layers.Dense(width, activation="tanh")(h)
    return keras.Model(inputs, layers.Dense(1)(h))


def main():
    hour, day, temperature, load = grid_company_export(CONFIG["days"], CONFIG["seed"])
    assert not np.isnan(load).any() and not np.isnan(temperature).any()
    profile = DayProfile().fit(hour, load)
    x = features(hour, day, temperature)
    y = profile.deviation(hour, load).astype("float32")

    model = network(x.shape[1], CONFIG["width"])
    model.compile(keras.optimizers.Adam(CONFIG["rate"], clipnorm=1.0), loss="mse")
    history = model.fit(x, y, batch_size=CONFIG["batch"], epochs=CONFIG["epochs"], verbose=0)
    print(history.history["loss"])


if __name__ == "__main__":
    main()
