"""Indoor positioning from the signal strength of 14 access points (dBm).

Training in the notebook was fine with a StandardScaler. For the phone app the statistics went into a json file and the
scaling into the model; since then every loss is nan. The file has no nan in it, I looked.
"""
import json
import pathlib
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import ops

keras.utils.set_random_seed(41)


def walk_through(n=900, n_points=14, seed=41):
    rng = np.random.default_rng(seed)
    anchors = rng.uniform([0, 0], [60, 25], (n_points, 2))
    position = rng.uniform([0, 0], [60, 25], (n, 2))
    distance = np.linalg.norm(position[:, None] - anchors[None], axis=-1) + 1.0
    dbm = -34 - 24 * np.log10(distance) + rng.normal(0, 3.0, (n, n_points))
    return np.clip(dbm, -98, -25).astype("float32"), position.astype("float32")


def write_statistics(path, dbm):
    variance, mean = tf.nn.moments(tf.constant(dbm), axes=[0])
    record = {
        "unit": "dBm",
        "mean": [round(float(v), 4) for v in mean],
        "variance": [round(float(v), 4) for v in variance],
    }
    path.write_text(json.dumps(record, indent=1))


class SignalScaler(keras.layers.Layer):
    """Standardises with fixed numbers so that the app needs no preprocessing of its own."""

    def __init__(self, mean, variance, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.mean = np.asarray(mean, "float32")
        self.variance = np.asarray(variance, "float32")
        self.epsilon = epsilon

    @classmethod
    def from_file(cls, path):
        record = json.loads(path.read_text())
        return cls(record["mean"], record["variance"], name="scaler")

    def call(self, dbm):
        return (dbm - self.mean) / ops.sqrt(self.variance + self.epsilon)  # whynan: sqrt_of_negative phase=forward

    def compute_output_shape(self, input_shape):
        return input_shape


def positioning_net(scaler, n_points):
    dbm = keras.Input((n_points,), name="dbm")
    h = scaler(dbm)
    h = keras.layers.Dense(48, activation="gelu")(h)
    h = keras.layers.Dense(48, activation="gelu")(h)
    return keras.Model(dbm, keras.layers.Dense(2, name="metres")(h))


def main():
    dbm, position = walk_through()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "signal_statistics.json"
        write_statistics(path, dbm)
        scaler = SignalScaler.from_file(path)
    model = positioning_net(scaler, dbm.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.Huber())
    model.fit(dbm, position, batch_size=32, epochs=4, validation_split=0.1, verbose=2)


main()
