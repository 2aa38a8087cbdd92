"""Museum audio guide: guess the star rating at the exit from how the visit went.

The guides write one TFRecord example per visit.
"""
import pathlib
import tempfile

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(2)


def floats(values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))


def write_visits(path, n, seed):
    rng = np.random.default_rng(seed)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for _ in range(n):
            keen = rng.normal()
            stops = rng.poisson(4.0 + 0.5 * np.tanh(keen))
            seconds = rng.gamma(3.0, 25.0 + 6 * np.tanh(keen), stops)
            age = rng.uniform(12, 80)
            stars = np.clip(3.4 + 0.7 * keen + 0.004 * (age - 40) + rng.normal(0, 0.4), 1, 5)
            example = tf.train.Example(features=tf.train.Features(feature={
                "seconds_at_stop": floats(seconds.tolist()),
                "age": floats([age]),
                "volume": floats([rng.uniform(0.2, 1.0)]),
                "stars": floats([stars]),
            }))
            writer.write(example.SerializeToString())


SPEC = {
    "seconds_at_stop": tf.io.VarLenFeature(tf.float32),
    "age": tf.io.FixedLenFeature([], tf.float32),
    "volume": tf.io.FixedLenFeature([], tf.float32),
    "stars": tf.io.FixedLenFeature([], tf.float32),
}


def parse(record):
    visit = tf.io.parse_single_example(record, SPEC)
    seconds = visit["seconds_at_stop"].values
    typical = tf.reduce_mean(seconds) / 60.0  # whynan: empty_reduction phase=data also=nan_in_input
    total = tf.reduce_sum(seconds) / 600.0
    stops = tf.cast(tf.size(seconds), tf.float32) / 10.0
    x = tf.stack([typical, total, stops, visit["age"] / 50.0, visit["volume"]])
    return x, visit["stars"][None] - 3.0


def train(path, epochs=4):
    ds = (tf.data.TFRecordDataset(str(path))
          .map(parse, num_parallel_calls=tf.data.AUTOTUNE)
          .shuffle(500)
          .batch(50))
    net = keras.Sequential([
        keras.Input((5,)),
        keras.layers.Dense(24, activation="gelu"),
        keras.layers.Dense(12, activation="gelu"),
        keras.layers.Dense(1),
    ])
    opt = keras.optimizers.Adam(3e-3)
    for epoch in range(epochs):
        running = keras.metrics.Mean()
        for xb, yb in ds:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.abs(net(xb, training=True) - yb))
            grads = tape.gradient(loss, net.trainable_variables)
            opt.apply_gradients(zip(grads, net.trainable_variables))
            running.update_state(loss)
        print(f"epoch {epoch + 1}/{epochs} mean abs error {float(running.result()):.4f}")
    return net


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "visits.tfrecord"
        write_visits(file, 1500, seed=77)
        train(file)
