import pathlib
import tempfile

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

HAULS = 900
BATCH = 64
shard = str(pathlib.Path(tempfile.mkdtemp()) / "hauls-00000-of-00001.tfrecord")


def _floats(v):
    return tf.train.Feature(float_list=tf.train.FloatList(value=[float(v)]))


def _ints(v):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[int(v)]))


def write_shard():
    with tf.io.TFRecordWriter(shard) as out:
        for i in range(HAULS):
            sst = rng.normal(17.5, 1.8)
            depth = rng.uniform(25, 140)
            chl = rng.gamma(2.0, 0.9)
            krill = rng.gamma(1.5, 40.0)
            moon = rng.integers(0, 30)
            catch = 2.0 + 0.5 * np.log1p(krill) + 0.4 * np.log1p(chl) - 0.12 * abs(sst - 17) \
                - 0.004 * depth + rng.normal(0, 0.2)
            feats = {
                "sst": _floats(sst),
                "depth": _floats(depth),
                "chl": _floats(chl),
                "moon_age": _ints(moon),
                "log_catch": _floats(catch),
            }
            # the plankton net is not hauled in bad weather
            if i % 450 != 211:
                feats["plankton"] = _floats(krill)
            out.write(tf.train.Example(features=tf.train.Features(feature=feats)).SerializeToString())


SPEC = {
    "sst": tf.io.FixedLenFeature([], tf.float32),
    "depth": tf.io.FixedLenFeature([], tf.float32),
    "chl": tf.io.FixedLenFeature([], tf.float32, default_value=-1.0),
    "plankton": tf.io.FixedLenFeature([], tf.float32, default_value=-1.0),
    "moon_age": tf.io.FixedLenFeature([], tf.int64, default_value=0),
    "log_catch": tf.io.FixedLenFeature([], tf.float32),
}


def decode(raw):
    ex = tf.io.parse_single_example(raw, SPEC)
    phase = 2 * np.pi * tf.cast(ex["moon_age"], tf.float32) / 29.5
    chl = tf.math.log1p(ex["chl"])
    plankton = tf.math.log1p(ex["plankton"])  # whynan: inf_in_input phase=data also=log_of_zero rows=19
    x = tf.stack([
        (ex["sst"] - 17.5) / 2.0,
        (ex["depth"] - 80.0) / 35.0,
        chl,
        plankton / 4.0,
        tf.cos(phase),
        tf.sin(phase),
    ])
    return x, ex["log_catch"]


write_shard()
hauls = tf.data.TFRecordDataset(shard).map(decode, num_parallel_calls=2).batch(BATCH).prefetch(1)

net = keras.Sequential([
    keras.layers.Input((6,)),
    keras.layers.Dense(24, activation="elu"),
    keras.layers.Dense(12, activation="elu"),
    keras.layers.Dense(1),
])
opt = keras.optimizers.RMSprop(1e-3)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        pred = tf.squeeze(net(x, training=True), -1)
        loss = tf.reduce_mean(tf.square(pred - y))
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


for epoch in range(8):
    running = []
    for x, y in hauls:
        running.append(float(step(x, y)))
    print(f"epoch {epoch + 1}: rmse {np.sqrt(np.mean(running)):.4f}")
