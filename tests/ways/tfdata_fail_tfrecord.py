import os
import tempfile

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(84)


def floats(v):
    return tf.train.Feature(float_list=tf.train.FloatList(value=list(v)))


def write_trips(path, n):
    with tf.io.TFRecordWriter(path) as out:
        for i in range(n):
            minutes = 0.0 if i == 93 else np.random.uniform(3, 40)     # cancelled trip
            km = 0.4 * minutes + np.random.normal(0, 0.3) * (minutes > 0)
            fare = 3.2 + 1.9 * km
            feats = {"km": floats([km]), "minutes": floats([minutes]), "fare": floats([fare])}
            out.write(tf.train.Example(features=tf.train.Features(feature=feats)).SerializeToString())


SPEC = {k: tf.io.FixedLenFeature([1], tf.float32) for k in ("km", "minutes", "fare")}


def parse(record):
    e = tf.io.parse_single_example(record, SPEC)
    speed = 60.0 * e["km"] / e["minutes"]  # whynan: divide_by_zero phase=data also=nan_in_input
    return tf.concat([e["km"], speed], axis=0), e["fare"]


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "trips.tfrecord")
    write_trips(path, 160)
    ds = tf.data.TFRecordDataset(path).map(parse).batch(20)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(1e-2), "mae")
    for epoch in range(2):
        print(model.fit(ds, verbose=0).history)
