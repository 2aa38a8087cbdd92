"""Which parcels need manual sorting? Scanner records of three depots, read with interleave.

The first batches are fine, then the loss turns nan in the middle of epoch one and stays there. All features are
logarithms with +1, so zeros cannot hurt, and nothing is missing after parsing.
"""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(6)

DEPOTS = ("hamm", "lehrte", "obertshausen")
PER_DEPOT = 80
BATCH = 32

SPEC = {
    "weight_g": tf.io.FixedLenFeature([], tf.float32, default_value=-1.0),
    "box_cm": tf.io.FixedLenFeature([3], tf.float32),
    "belt_speed": tf.io.FixedLenFeature([], tf.float32),
    "manual": tf.io.FixedLenFeature([], tf.int64),
}


def floats(*values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=[float(v) for v in values]))


def scan(rng, weighed=True):
    box = rng.uniform(8, 70, 3)
    weight = rng.lognormal(7.0, 0.7)
    fields = {
        "box_cm": floats(*box),
        "belt_speed": floats(rng.uniform(0.8, 2.2)),
        "manual": tf.train.Feature(int64_list=tf.train.Int64List(value=[int(box.max() > 55 or weight > 2500)])),
    }
    if weighed:
        fields["weight_g"] = floats(weight)
    return tf.train.Example(features=tf.train.Features(feature=fields))


def write_shards(folder):
    rng = np.random.default_rng(90)
    paths = []
    for depot in DEPOTS:
        unread = {35, 39} if depot == "lehrte" else set()
        path = os.path.join(folder, f"{depot}.tfrecord")
        with tf.io.TFRecordWriter(path) as writer:
            for i in range(PER_DEPOT):
                writer.write(scan(rng, weighed=i not in unread).SerializeToString())
        paths.append(path)
    return paths


def to_example(record):
    parsed = tf.io.parse_single_example(record, SPEC)
    weight = tf.math.log1p(parsed["weight_g"])  # whynan: log_of_zero phase=data rows=10,22 also=inf_in_input
    volume = tf.math.log1p(tf.reduce_prod(parsed["box_cm"]))
    longest = tf.math.log1p(tf.reduce_max(parsed["box_cm"]))
    features = tf.stack([weight / 8.0, volume / 11.0, longest / 4.0, parsed["belt_speed"]])
    return features, tf.cast(parsed["manual"], tf.float32)


def pipeline(paths):
    shards = tf.data.Dataset.from_tensor_slices(paths)
    records = shards.interleave(tf.data.TFRecordDataset, cycle_length=len(paths), block_length=1)
    return records.map(to_example).batch(BATCH).prefetch(2)


class Sorter(keras.Model):
    def __init__(self, width=24):
        super().__init__()
        self.body = [keras.layers.Dense(width, activation="gelu") for _ in range(2)]
        self.head = keras.layers.Dense(1, activation="sigmoid")

    def call(self, x):
        for layer in self.body:
            x = layer(x)
        return self.head(x)


with tempfile.TemporaryDirectory() as folder:
    dataset = pipeline(write_shards(folder))
    model = Sorter()
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(dataset, epochs=4, verbose=2)
