"""Wave height forecast from buoy logs, streamed out of CSV files with tf.data."""
import os
import tempfile
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(36)
COLUMNS = ["wind", "gust", "pressure", "period", "height_next"]


def export_station(path, station, rng):
    n = 150
    wind = rng.gamma(3.0, 2.0, n)
    frame = pd.DataFrame({
        "wind": wind,
        "gust": wind * rng.uniform(1.1, 1.6, n),
        "pressure": rng.normal(1013, 8, n),
        "period": rng.normal(7, 1, n),
        "height_next": 0.3 * wind + rng.normal(0, 0.1, n),
    })
    if station == 2:
        frame.loc[60:64, "period"] = None  # accelerometer was being serviced
    frame.to_csv(path, index=False, header=False, na_rep="nan", float_format="%.4f")


def parse_line(line):
    fields = tf.io.decode_csv(line, [[0.0]] * len(COLUMNS))  # whynan: nan_in_input phase=data
    return tf.stack(fields[:-1]), fields[-1]


def scale(features, target):
    centre = tf.constant([6.0, 8.0, 1013.0, 7.0])
    width = tf.constant([3.5, 4.5, 8.0, 1.0])
    return (features - centre) / width, target


def pipeline(paths, batch):
    files = tf.data.Dataset.from_tensor_slices(paths)
    lines = files.interleave(tf.data.TextLineDataset, cycle_length=2)
    return (lines.map(parse_line).map(scale)
            .shuffle(200, seed=3).batch(batch).prefetch(tf.data.AUTOTUNE))


def main():
    rng = np.random.default_rng(36)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for station in range(4):
            paths.append(os.path.join(folder, f"buoy_{station}.csv"))
            export_station(paths[-1], station, rng)
        model = keras.Sequential([
            keras.Input((4,)),
            keras.layers.Dense(24, activation="tanh"),
            keras.layers.Dense(1),
        ])
        model.compile(optimizer="adam", loss="mse")
        model.fit(pipeline(paths, 30), epochs=3, verbose=2)


main()
