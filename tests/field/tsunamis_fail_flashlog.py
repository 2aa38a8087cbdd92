"""Bottom pressure recorders: is there a long wave in this two hour window?

The recorders dump flash pages; every page is one window of 96 float32 readings
(little endian, metres of water). Converted to TFRecord once, trained from there.
"""
import argparse
import os
import tempfile

import numpy as np
import tensorflow as tf
import keras
from keras import layers

WINDOW = 96
PAGE_BYTES = WINDOW * 4


class Recorder:
    def __init__(self, rng):
        self.rng = rng

    def page(self, wave):
        r = self.rng
        t = np.arange(WINDOW)
        depth = r.uniform(3800, 4600)
        tide = r.uniform(0.2, 0.7) * np.sin(2 * np.pi * (t / 370 + r.random()))
        signal = depth + tide + r.normal(0, 0.01, WINDOW)
        if wave:
            start, period = r.integers(5, 40), r.uniform(14, 24)
            on = t >= start
            signal += on * r.uniform(0.08, 0.3) * np.sin(2 * np.pi * (t - start) / period)
        return signal.astype("<f4").tobytes()

    def dump(self, n, power_cuts=()):
        for i in range(n):
            wave = int(self.rng.random() < 0.4)
            page = self.page(wave)
            if i in power_cuts:
                # writing stopped in the middle, the rest of the page is still erased
                written = 4 * int(self.rng.integers(50, 80))
                page = page[:written] + b"\xff" * (PAGE_BYTES - written)
            yield page, wave


def to_tfrecord(path, pages):
    n = 0
    with tf.io.TFRecordWriter(path) as out:
        for page, wave in pages:
            feature = {
                "page": tf.train.Feature(bytes_list=tf.train.BytesList(value=[page])),
                "wave": tf.train.Feature(int64_list=tf.train.Int64List(value=[wave])),
            }
            ex = tf.train.Example(features=tf.train.Features(feature=feature))
            out.write(ex.SerializeToString())
            n += 1
    return n


SPEC = {
    "page": tf.io.FixedLenFeature([], tf.string),
    "wave": tf.io.FixedLenFeature([], tf.int64),
}


def parse(serialized):
    ex = tf.io.parse_single_example(serialized, SPEC)
    depth = tf.io.decode_raw(ex["page"], tf.float32)  # whynan: nan_in_input phase=data
    depth = tf.reshape(depth, [WINDOW])
    depth = depth - tf.reduce_mean(depth)
    trend = tf.linspace(-1.0, 1.0, WINDOW)
    slope = tf.reduce_sum(depth * trend) / tf.reduce_sum(trend * trend)
    return 5.0 * (depth - slope * trend)[:, None], tf.cast(ex["wave"], tf.float32)


def build():
    x = keras.Input((WINDOW, 1))
    h = layers.Conv1D(12, 9, strides=2, activation="swish")(x)
    h = layers.Conv1D(24, 7, strides=2, activation="swish")(h)
    avg = layers.GlobalAveragePooling1D()(keras.ops.square(h))
    h = layers.Dense(16, activation="swish")(avg)
    return keras.Model(x, layers.Dense(1)(h))


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--train-pages", type=int, default=1200)
    p.add_argument("--test-pages", type=int, default=240)
    p.add_argument("--epochs", type=int, default=4)
    o = p.parse_args()
    keras.utils.set_random_seed(8)
    with tempfile.TemporaryDirectory() as tmp:
        train_file, test_file = os.path.join(tmp, "a.tfrecord"), os.path.join(tmp, "b.tfrecord")
        rec = Recorder(np.random.default_rng(8))
        print(to_tfrecord(train_file, rec.dump(o.train_pages, power_cuts={311, 702, 1043})), "pages")
        to_tfrecord(test_file, rec.dump(o.test_pages))

        train = (tf.data.TFRecordDataset(train_file).map(parse).cache()
                 .shuffle(1200, seed=2).batch(48).prefetch(1))
        test = tf.data.TFRecordDataset(test_file).map(parse).batch(80)
        model = build()
        model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True),
                      metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
        model.fit(train, epochs=o.epochs, verbose=2)
        print(model.evaluate(test, verbose=0, return_dict=True))
