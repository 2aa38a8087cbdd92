"""Keyword spotting from TFRecords: log spectrogram computed in the input pipeline."""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(19)
SR = 2000
path = os.path.join(tempfile.mkdtemp(), "clips-00000.tfrecord")


def write_records(n=96):
    rng = np.random.default_rng(19)
    t = np.arange(SR) / SR
    with tf.io.TFRecordWriter(path) as w:
        for i in range(n):
            label = int(rng.integers(0, 4))
            wave = np.sin(2 * np.pi * (100 + 150 * label) * t) + 0.05 * rng.normal(size=SR)
            if i in (21, 70):
                wave = np.zeros(SR)          # microphone was muted
            ex = tf.train.Example(features=tf.train.Features(feature={
                "wave": tf.train.Feature(float_list=tf.train.FloatList(value=wave.astype("float32"))),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label])),
            }))
            w.write(ex.SerializeToString())


SPEC = {
    "wave": tf.io.FixedLenFeature([SR], tf.float32),
    "label": tf.io.FixedLenFeature([], tf.int64),
}


def parse(raw):
    ex = tf.io.parse_single_example(raw, SPEC)
    mag = tf.abs(tf.signal.stft(ex["wave"], frame_length=256, frame_step=128, fft_length=256))
    db = tf.math.log(mag)  # whynan: inf_in_input phase=data also=log_of_zero
    return db[..., tf.newaxis], ex["label"]


write_records()
train = (
    tf.data.TFRecordDataset(path)
    .map(parse, num_parallel_calls=tf.data.AUTOTUNE)
    .shuffle(96, seed=3)
    .batch(16)
    .prefetch(tf.data.AUTOTUNE)
)

net = keras.Sequential([
    keras.Input((14, 129, 1)),
    layers.Conv2D(8, (3, 5), strides=(1, 2), activation="relu"),
    layers.MaxPooling2D((2, 2)),
    layers.Flatten(),
    layers.Dense(4),
])
net.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
net.fit(train, epochs=3, verbose=2)
