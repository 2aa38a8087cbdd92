"""Expected weight of a dog at today's visit, from TFRecords of a veterinary practice. The first two steps have a loss,
the third is nan and so is the rest. I validated the writer: no field is missing in any record."""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf

SCHEMA = {
    "earlier_weights": tf.io.FixedLenSequenceFeature([], tf.float32, allow_missing=True),
    "age_months": tf.io.FixedLenFeature([], tf.float32),
    "neutered": tf.io.FixedLenFeature([], tf.int64),
    "adult_size": tf.io.FixedLenFeature([], tf.float32),
    "weight": tf.io.FixedLenFeature([], tf.float32),
}


def floats(values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=[float(v) for v in values]))


def write_records(path, count=320, first_visits=(70, 85)):
    rng = np.random.default_rng(66)
    with tf.io.TFRecordWriter(path) as writer:
        for k in range(count):
            size = rng.uniform(6.0, 42.0)
            visits = 0 if k in first_visits else int(rng.integers(1, 7))
            features = tf.train.Features(feature={
                "earlier_weights": floats(size * rng.normal(0.95, 0.05, visits)),
                "age_months": floats([rng.uniform(4, 140)]),
                "neutered": tf.train.Feature(int64_list=tf.train.Int64List(value=[int(rng.random() < 0.6)])),
                "adult_size": floats([size * rng.normal(1.0, 0.1)]),
                "weight": floats([size * rng.normal(1.0, 0.04)]),
            })
            writer.write(tf.train.Example(features=features).SerializeToString())


def read_visit(serialized):
    visit = tf.io.parse_single_example(serialized, SCHEMA)
    usual = tf.reduce_mean(visit["earlier_weights"])  # whynan: empty_reduction phase=data rows=6,21 also=nan_in_input,divide_by_zero
    row = tf.stack([
        usual / 20.0 - 1.0,
        visit["age_months"] / 60.0 - 1.0,
        tf.cast(visit["neutered"], tf.float32),
        visit["adult_size"] / 20.0 - 1.0,
    ])
    return row, visit["weight"] / 20.0


def main():
    keras.utils.set_random_seed(66)
    path = os.path.join(tempfile.mkdtemp(), "visits.tfrecord")
    write_records(path)
    visits = tf.data.TFRecordDataset(path).map(read_visit).batch(32)

    net = keras.Sequential([
        keras.Input(shape=(4,)),
        keras.layers.Dense(32, activation="swish"),
        keras.layers.LayerNormalization(),
        keras.layers.Dense(1),
    ])
    net.compile(optimizer=keras.optimizers.AdamW(1e-3), loss="mean_absolute_error")
    losses = []
    log = keras.callbacks.LambdaCallback(on_train_batch_end=lambda step, logs: losses.append(float(logs["loss"])))
    net.fit(visits, epochs=3, verbose=2, callbacks=[log])
    print(losses[:5])


main()
