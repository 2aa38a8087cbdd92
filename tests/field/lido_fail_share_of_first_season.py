"""Open-air pool of a small town: how full will it be tomorrow, from the last two weeks.

The curve of the loss looked very good, it even went below zero. After some epochs it
is nan or inf. I do add an epsilon in front of the logarithms.
"""
import glob
import os
import tempfile

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(15)

DAYS = 14
TURNSTILES_SINCE = 2021
EPS = 1e-7


def write_seasons(folder):
    rng = np.random.default_rng(150)
    for year in (2021, 2022, 2023, 2024):
        dates = pd.date_range(f"{year}-05-10", f"{year}-09-20", freq="D")
        wave = np.sin(np.linspace(0.0, np.pi, len(dates)))
        swing = np.zeros(len(dates))
        for i in range(1, len(dates)):
            swing[i] = 0.8 * swing[i - 1] + rng.normal(0.0, 2.4)
        tmax = 19.0 + 7.0 * wave + swing
        rain = np.where(rng.random(len(dates)) < 0.3, rng.exponential(5.0, len(dates)), 0.0)
        weekend = dates.dayofweek.to_numpy() >= 5
        guests = 60.0 + 48.0 * (tmax - 14.0) - 14.0 * rain + 180.0 * weekend + rng.normal(0, 60, len(dates))
        guests = np.clip(guests, 15.0, None)
        if year == 2021:  # tickets were limited that summer
            guests = np.minimum(guests, 400.0)
        pd.DataFrame({
            "date": dates, "guests": guests.astype(int), "tmax": tmax.round(1),
            "rain_mm": rain.round(1), "weekend": weekend.astype(int),
        }).to_csv(os.path.join(folder, f"season_{year}.csv"), sep=";", decimal=",", index=False)


def read_seasons(folder):
    files = sorted(glob.glob(os.path.join(folder, "season_*.csv")))
    parts = [pd.read_csv(f, sep=";", decimal=",", parse_dates=["date"]) for f in files]
    return pd.concat(parts, ignore_index=True)


def make_windows(seasons):
    year = seasons["date"].dt.year
    full = seasons.loc[year == TURNSTILES_SINCE, "guests"].max()
    normal = seasons[year >= 2022].copy()
    normal["share"] = normal["guests"] / full

    inputs = ["share", "tmax", "rain_mm", "weekend"]
    x = normal[inputs]
    x = ((x - x.mean()) / x.std()).to_numpy("float32")
    y = normal[["share"]].to_numpy("float32")
    return keras.utils.timeseries_dataset_from_array(
        x, y[DAYS:], sequence_length=DAYS, batch_size=32, shuffle=True, seed=3)


def occupancy_loss(y_true, y_pred):
    """Cross-entropy with a share instead of a class."""
    p = y_pred + EPS
    full = y_true * tf.math.log(p)
    free = (1.0 - y_true) * tf.math.log(1.0 - p)  # whynan: label_not_in_unit_interval phase=loss also=log_of_zero,log_of_negative,clip_misuse
    return -tf.reduce_mean(full + free)


def main():
    with tempfile.TemporaryDirectory() as folder:
        write_seasons(folder)
        windows = make_windows(read_seasons(folder))

    model = keras.Sequential([
        keras.Input((DAYS, 4)),
        keras.layers.Flatten(),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=occupancy_loss)
    history = model.fit(windows, epochs=25, verbose=0)
    for epoch, value in enumerate(history.history["loss"], start=1):
        print(f"{epoch:2d}  {value:9.4f}")


if __name__ == "__main__":
    main()
