"""Average ground cover over the season from mulch material and weather.

The physics layer divides by rate times weeks, and for the plastic film plots the rate is exactly zero. I was told
that such a formula cannot be trained through, so I would like to know whether these rows do any harm.
"""
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

MATERIALS = {"film": 0.0, "coated_paper": 0.55, "straw": 1.0, "bark": 1.0, "wool": 0.8}
NITROGEN = {"film": 0.0, "coated_paper": 250.0, "straw": 80.0, "bark": 400.0, "wool": 12.0}


@dataclass
class Trial:
    plots: int = 1600
    noise: float = 0.015
    seed: int = 77


def field_trial(trial):
    rng = np.random.default_rng(trial.seed)
    names = rng.choice(list(MATERIALS), trial.plots)
    share = np.array([MATERIALS[n] for n in names])
    carbon_nitrogen = np.array([NITROGEN[n] for n in names])
    temperature = rng.normal(16.0, 4.0, trial.plots)
    moisture = rng.beta(4, 3, trial.plots)
    weeks = rng.integers(4, 24, trial.plots).astype(float)

    rate = share * 0.09 * np.exp(0.07 * (temperature - 16) + 1.5 * (moisture - 0.57) - 0.002 * carbon_nitrogen)
    used = rate * weeks
    with np.errstate(invalid="ignore"):
        cover = np.where(used > 0, (1 - np.exp(-used)) / np.maximum(used, 1e-12), 1.0)
    cover = np.clip(cover + rng.normal(0, trial.noise, trial.plots), 0, 1)

    weather = np.stack(
        [(temperature - 16) / 4, (moisture - 0.57) / 0.17, (carbon_nitrogen - 150) / 150, share], axis=1
    )
    as_column = lambda v: v.astype("float32").reshape(-1, 1)
    return weather.astype("float32"), as_column(share), as_column(weeks), as_column(cover)


class SeasonMeanCover(keras.layers.Layer):
    """Mean of exp(-k t) over the weeks that the mulch lies on the bed."""

    def __init__(self, series_below=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.series_below = series_below

    def call(self, rate, weeks):
        used = rate * weeks
        short = used < self.series_below
        long = tf.where(short, tf.ones_like(used), used)
        exact = -tf.math.expm1(-long) / long
        series = 1.0 - 0.5 * used
        return tf.where(short, series, exact)


def build(columns):
    weather = keras.Input((columns,), name="weather")
    share = keras.Input((1,), name="degradable_share")
    weeks = keras.Input((1,), name="weeks")
    h = keras.layers.Dense(24, activation="tanh")(weather)
    h = keras.layers.Dense(24, activation="tanh")(h)
    rate = keras.layers.Dense(
        1, activation="softplus", bias_initializer=keras.initializers.Constant(-1.0), name="rate_if_organic"
    )(h)
    rate = keras.layers.Multiply(name="rate_per_week")([rate, share])
    cover = SeasonMeanCover(name="season_mean")(rate, weeks)
    return keras.Model([weather, share, weeks], cover)


def main():
    trial = Trial()
    keras.utils.set_random_seed(trial.seed)
    weather, share, weeks, cover = field_trial(trial)
    print("plots under film:", int((share == 0).sum()), "of", trial.plots)

    model = build(weather.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(4e-3), loss="mse", metrics=["mae"])
    model.fit(  # whynan: healthy
        [weather, share, weeks], cover, validation_split=0.2, epochs=20, batch_size=64, verbose=2
    )
    guess = model.predict([weather, share, weeks], verbose=0)
    film = share[:, 0] == 0
    print("film plots predicted at", guess[film].min(), "to", guess[film].max())
    print("other plots, mean absolute error", float(np.abs(guess - cover)[~film].mean()))


if __name__ == "__main__":
    main()
