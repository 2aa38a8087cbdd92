"""Infrasound array: guess the wind noise level from the slow channels of the logger.

Log format, one record a line:  station;pressure;temp;humidity;battery;noise_db
"""
import math
import pathlib
import random
import tempfile

import keras
import tensorflow as tf

keras.utils.set_random_seed(8)
BATCH = 64


def write_log(path, n=1600):
    r = random.Random(8)
    lines = ["# firmware 3.1.7", "# station;pressure;temp;humidity;battery;noise_db"]
    for i in range(n):
        hour = i / 6.0
        temp = 9 + 6 * math.sin(2 * math.pi * hour / 24) + r.gauss(0, 0.7)
        pres = 1008 + 7 * math.sin(hour / 40) + r.gauss(0, 0.4)
        hum = min(100.0, max(20.0, 75 - 2 * (temp - 9) + r.gauss(0, 4)))
        bat = 12.4 + 0.3 * math.sin(2 * math.pi * (hour - 3) / 24) + r.gauss(0, 0.05)
        noise = 41 + 0.9 * (temp - 9) - 0.4 * (pres - 1008) + r.gauss(0, 1.0)
        fields = ["IS%02d" % (i % 4), "%.2f" % pres, "%.2f" % temp,
                  "%.1f" % hum, "%.2f" % bat, "%.2f" % noise]
        if i == 9 * BATCH + 37:
            fields[3] = "nan"
        lines.append(";".join(fields))
        if i % 400 == 399:
            lines.append("# sync")
    path.write_text("\n".join(lines) + "\n")


def is_record(line):
    return tf.logical_not(tf.strings.regex_full_match(line, r"\s*(#.*)?"))


def parse(line):
    parts = tf.strings.split(line, ";")
    values = tf.strings.to_number(parts[1:])  # whynan: nan_in_input phase=data rows=37
    values = tf.ensure_shape(values, (5,))
    return values[:4], values[4:]


def make_dataset(path):
    ds = tf.data.TextLineDataset(str(path))
    ds = ds.filter(is_record).map(parse, num_parallel_calls=2)
    return ds.batch(BATCH).prefetch(1)


def main():
    with tempfile.TemporaryDirectory() as tmp:
        log = pathlib.Path(tmp) / "array.log"
        write_log(log)
        ds = make_dataset(log)

        norm = keras.layers.Normalization()
        norm.adapt(ds.take(6).map(lambda x, y: x))

        model = keras.Sequential([
            keras.Input((4,)),
            norm,
            keras.layers.Dense(32, activation="gelu"),
            keras.layers.Dense(16, activation="gelu"),
            keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(40.0)),
        ])
        model.compile(keras.optimizers.Adam(1e-3), loss="huber", metrics=["mae"])
        model.fit(ds, epochs=4, verbose=2)
        model.evaluate(ds, verbose=2)


main()
