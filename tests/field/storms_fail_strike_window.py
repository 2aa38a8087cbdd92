"""Largest hail of a storm cell from radar environment and from the lightning strikes of the half hour before.

Strike times have a different length per cell, so they are stored as a float list in TFRecords and read as ragged rows.
Loss is NaN from the first batches.  The records hold only finite numbers, I dumped all of them to text and looked.
"""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(27)

SPEC = {
    "strike_minute": tf.io.RaggedFeature(tf.float32),
    "cape": tf.io.FixedLenFeature([], tf.float32),
    "shear": tf.io.FixedLenFeature([], tf.float32),
    "freezing_level": tf.io.FixedLenFeature([], tf.float32),
    "hail_cm": tf.io.FixedLenFeature([], tf.float32),
}


def floats(values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=list(values)))


def record_cells(path, n, rng):
    with tf.io.TFRecordWriter(path) as writer:
        for _ in range(n):
            cape = rng.gamma(3.0, 500.0)
            shear = rng.gamma(4.0, 4.5)
            freezing = rng.normal(3400.0, 500.0)
            intensity = cape / 1500.0 * (0.4 + shear / 20.0)
            strikes = np.sort(rng.uniform(0.0, 30.0, rng.poisson(4.0 * intensity)))
            hail = max(0.0, 0.9 * intensity + 0.02 * len(strikes) - (freezing - 3400.0) / 1500.0 + rng.normal(0, 0.2))
            example = tf.train.Example(features=tf.train.Features(feature={
                "strike_minute": floats(strikes),
                "cape": floats([cape]),
                "shear": floats([shear]),
                "freezing_level": floats([freezing]),
                "hail_cm": floats([hail]),
            }))
            writer.write(example.SerializeToString())


def to_features(serialized):
    cell = tf.io.parse_example(serialized, SPEC)
    strikes = cell["strike_minute"]
    number = tf.cast(strikes.row_lengths(), tf.float32)
    window = tf.reduce_max(strikes, axis=1) - tf.reduce_min(strikes, axis=1)  # whynan: empty_reduction phase=data also=inf_in_input
    flash_rate = number / (window + 1.0)  # + 1 minute: a single strike has no window
    columns = [
        cell["cape"] / 1500.0,
        cell["shear"] / 20.0,
        (cell["freezing_level"] - 3400.0) / 500.0,
        tf.math.log1p(number),
        window / 30.0,
        flash_rate,
    ]
    return tf.stack(columns, axis=1), cell["hail_cm"][:, tf.newaxis]


def dataset(path, batch=64):
    cells = tf.data.TFRecordDataset(path)
    return cells.shuffle(512, seed=5).batch(batch).map(to_features, num_parallel_calls=1).prefetch(1)


def hail_net():
    inputs = keras.Input((6,), name="cell")
    h = keras.layers.Dense(32, activation="silu")(inputs)
    h = keras.layers.Dense(16, activation="silu")(h)
    return keras.Model(inputs, keras.layers.Dense(1, name="hail")(h))


def main():
    rng = np.random.default_rng(27)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "cells.tfrecord")
        record_cells(path, 900, rng)
        model = hail_net()
        model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.Huber(), metrics=["mae"])
        model.fit(dataset(path), epochs=4, verbose=2)


if __name__ == "__main__":
    main()
