"""Volcanic tremor or earthquake? Short seismometer traces are stored as TFRecord and read back in a tape loop.

With the numpy arrays directly in the loop it learns within an epoch. With the records the loss is nan in the very
first step, although the traces have no gaps and I standardise each one with an epsilon.
"""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(99)

LENGTH = 128
CONFIG = dict(batch=16, epochs=3, rate=1e-3, shards=3)


def station_dump(kind, rng):
    """What the digitiser sends: network order samples, as its manual says."""
    t = np.arange(LENGTH) / 50.0
    if kind == 0:
        wave = np.sin(2 * np.pi * 2.3 * t + rng.uniform(0, 6.28)) * rng.uniform(0.5, 1.5)
    else:
        onset = rng.uniform(0.3, 1.2)
        wave = np.where(t > onset, np.exp(-2 * (t - onset)), 0.0) * np.sin(2 * np.pi * 7 * t) * 3.0
    wave = wave + 0.1 * rng.normal(size=LENGTH)
    return wave.astype(">f4").tobytes()


def load_event(blob):
    trace = np.frombuffer(blob, dtype=">f4")
    assert np.isfinite(trace).all() and np.abs(trace).max() < 50
    return trace


def write_shard(path, events):
    with tf.io.TFRecordWriter(path) as writer:
        for blob, kind in events:
            trace = load_event(blob)
            feature = {
                "trace": tf.train.Feature(bytes_list=tf.train.BytesList(value=[trace.tobytes()])),
                "kind": tf.train.Feature(int64_list=tf.train.Int64List(value=[kind])),
            }
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writer.write(example.SerializeToString())


def parse(serialized):
    spec = {"trace": tf.io.FixedLenFeature([], tf.string), "kind": tf.io.FixedLenFeature([], tf.int64)}
    record = tf.io.parse_single_example(serialized, spec)
    trace = tf.io.decode_raw(record["trace"], tf.float32)  # whynan: nan_in_input phase=data also=inf_in_input,unscaled_input
    return tf.reshape(trace, [LENGTH, 1]), record["kind"]


def standardise(trace, kind):
    mean, var = tf.nn.moments(trace, axes=[0])
    return (trace - mean) / (tf.sqrt(var) + 1e-6), kind


def network():
    return keras.Sequential(
        [
            keras.Input((LENGTH, 1)),
            keras.layers.Conv1D(16, 9, strides=2, activation="tanh"),
            keras.layers.Conv1D(32, 5, strides=2, activation="tanh"),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(2),
        ]
    )


def train(files, cfg):
    ds = tf.data.TFRecordDataset(files).map(parse).map(standardise).shuffle(64, seed=1).batch(cfg["batch"])
    net = network()
    opt = keras.optimizers.Adam(cfg["rate"])
    criterion = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = criterion(y, net(x, training=True))
        grads = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(grads, net.trainable_variables))
        return loss

    for epoch in range(cfg["epochs"]):
        losses = [float(step(x, y)) for x, y in ds]
        print(epoch, np.mean(losses))


with tempfile.TemporaryDirectory() as folder:
    rng = np.random.default_rng(12)
    files = []
    for shard in range(CONFIG["shards"]):
        kinds = rng.integers(0, 2, 50)
        files.append(os.path.join(folder, f"events-{shard}.tfrecord"))
        write_shard(files[-1], [(station_dump(k, rng), int(k)) for k in kinds])
    train(files, CONFIG)
