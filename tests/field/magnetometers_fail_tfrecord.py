"""Estimate the Kp index from one hour of three-component magnetometer data.

The observatory delivers one flat binary per year (single precision floats,
X/Y/Z once a minute, baseline removed, nT). Step 1 turns it into TFRecord shards,
step 2 trains a small 1-D convnet from the shards.
"""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1859)

MINUTES = 60
HOURS = 1400
BATCH = 64


def fake_observatory_file(path):
    rng = np.random.default_rng(1859)
    activity = np.clip(rng.gamma(2.0, 1.1, HOURS), 0, 9)
    drift = np.cumsum(rng.normal(0, 1, (HOURS, MINUTES, 3)), axis=1)
    field = drift * (1 + activity[:, None, None]) + rng.normal(0, 0.5, (HOURS, MINUTES, 3))
    field.astype(">f4").tofile(path)
    return np.round(activity * 3) / 3


def write_shards(path, kp, folder, n_shards=3):
    hours = np.memmap(path, dtype=">f4", mode="r").reshape(-1, MINUTES, 3)
    names = []
    for s in range(n_shards):
        name = os.path.join(folder, f"mag-{s:02d}-of-{n_shards:02d}.tfrecord")
        with tf.io.TFRecordWriter(name) as writer:
            for i in range(s, len(hours), n_shards):
                feature = {
                    "xyz": tf.train.Feature(bytes_list=tf.train.BytesList(value=[hours[i].tobytes()])),
                    "kp": tf.train.Feature(float_list=tf.train.FloatList(value=[kp[i]])),
                }
                example = tf.train.Example(features=tf.train.Features(feature=feature))
                writer.write(example.SerializeToString())
        names.append(name)
    return names


SPEC = {
    "xyz": tf.io.FixedLenFeature([], tf.string),
    "kp": tf.io.FixedLenFeature([], tf.float32),
}


def parse(record):
    example = tf.io.parse_single_example(record, SPEC)
    xyz = tf.io.decode_raw(example["xyz"], tf.float32)  # whynan: nan_in_input phase=data
    xyz = tf.reshape(xyz, (MINUTES, 3)) / 50.0
    return xyz, example["kp"]


def pipeline(files, training):
    ds = tf.data.Dataset.from_tensor_slices(files)
    ds = ds.interleave(tf.data.TFRecordDataset, cycle_length=2)
    ds = ds.map(parse, num_parallel_calls=tf.data.AUTOTUNE).cache()
    if training:
        ds = ds.shuffle(512, seed=3)
    return ds.batch(BATCH).prefetch(2)


def convnet():
    return keras.Sequential([
        keras.Input((MINUTES, 3)),
        keras.layers.Conv1D(16, 5, activation="relu"),
        keras.layers.MaxPooling1D(2),
        keras.layers.Conv1D(32, 5, activation="relu"),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1),
    ])


with tempfile.TemporaryDirectory() as tmp:
    binary = os.path.join(tmp, "2003.bin")
    kp = fake_observatory_file(binary)
    shards = write_shards(binary, kp, tmp)
    print("wrote", [os.path.basename(s) for s in shards])

    model = convnet()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
    model.fit(
        pipeline(shards[:2], training=True),
        validation_data=pipeline(shards[2:], training=False),
        epochs=5,
        callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=2)],
        verbose=2,
    )
