"""Claim risk from dashcam trips.  Trips are kept as TFRecords, one Example per trip:
   km, night share, list of g-force peaks of hard braking events, claim yes/no."""
import os
import tempfile

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(303)
rng = np.random.default_rng(303)


def _floats(v):
    return tf.train.Feature(float_list=tf.train.FloatList(value=v))


def _ints(v):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=v))


def write_trips(path, n=608):
    calm = {41, 256, 390}
    with tf.io.TFRecordWriter(path) as w:
        for trip in range(n):
            km = float(rng.gamma(3.0, 9.0) + 1.0)
            night = float(rng.beta(1.2, 4.0))
            n_events = 0 if trip in calm else 1 + rng.poisson(km / 15)
            peaks = 0.35 + rng.gamma(2.0, 0.08, n_events)
            logit = -2.2 + 0.25 * n_events + 1.5 * night + (2.0 * (peaks > 0.7).sum() if n_events else 0)
            claim = int(rng.random() < 1 / (1 + np.exp(-logit)))
            ex = tf.train.Example(features=tf.train.Features(feature={
                "km": _floats([km]),
                "night": _floats([night]),
                "brake_g": _floats(peaks.tolist()),
                "claim": _ints([claim]),
            }))
            w.write(ex.SerializeToString())


SPEC = {
    "km": tf.io.FixedLenFeature([], tf.float32),
    "night": tf.io.FixedLenFeature([], tf.float32),
    "brake_g": tf.io.FixedLenSequenceFeature([], tf.float32, allow_missing=True),
    "claim": tf.io.FixedLenFeature([], tf.int64),
}


def parse(record):
    ex = tf.io.parse_single_example(record, SPEC)
    g = ex["brake_g"]
    count = tf.cast(tf.size(g), tf.float32)
    mean_g = tf.reduce_mean(g)  # whynan: empty_reduction phase=data also=nan_in_input rows=9
    hard = tf.reduce_sum(tf.cast(g > 0.6, tf.float32))
    x = tf.stack([
        tf.math.log1p(ex["km"]) / 3.0,
        ex["night"],
        count / 5.0,
        mean_g,
        hard / 2.0,
        count / ex["km"] * 10.0,
    ])
    return x, tf.cast(ex["claim"], tf.float32)


def main():
    folder = tempfile.mkdtemp(prefix="dashcam_")
    path = os.path.join(folder, "trips-00000-of-00001.tfrecord")
    write_trips(path)

    ds = (tf.data.TFRecordDataset([path])
          .map(parse, num_parallel_calls=2)
          .batch(32)
          .prefetch(1))

    model = keras.Sequential([
        keras.layers.Input((6,)),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(12, activation="tanh"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    hist = model.fit(ds, epochs=8, verbose=2)
    print("final loss", hist.history["loss"][-1])


if __name__ == "__main__":
    main()
