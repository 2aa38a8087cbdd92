"""Feed eaten on the following day, from two days of the load cells under the silos of pig and poultry farms.

The load cells come as npz shards, one a yard. Yards 1 to 3 train nicely. As soon as the loop arrives at yard 4
the loss is nan and stays nan; the order of the yards decides when. Clipping by the global norm did not help.
"""
import os
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras import layers

HOURS = 48
YARDS = [
    {"name": "yard_1", "lowest": 5000, "highest": 16000, "refill": 6000},
    {"name": "yard_2", "lowest": 4000, "highest": 14000, "refill": 7000},
    {"name": "yard_3", "lowest": 6000, "highest": 18000, "refill": 8000},
    {"name": "yard_4", "lowest": 21000, "highest": 29000, "refill": 9000},
    {"name": "yard_5", "lowest": 19000, "highest": 30000, "refill": 9000},
]


def record_yard(yard, rng, windows=128):
    """Kilograms in the silo, every hour, with a delivery in about half of the windows."""
    start = rng.uniform(yard["lowest"], yard["highest"], (windows, 1))
    appetite = rng.uniform(20.0, 70.0, (windows, 1))
    eaten = appetite * rng.uniform(0.7, 1.3, (windows, HOURS))
    delivered = np.zeros((windows, HOURS))
    lorry = rng.random(windows) < 0.5
    delivered[lorry, rng.integers(8, 40, lorry.sum())] = yard["refill"]
    weights = start + np.cumsum(delivered - eaten, axis=1)
    next_day = 24.0 * appetite * rng.uniform(0.95, 1.05, (windows, 1))
    return np.rint(np.clip(weights, 500.0, None)).astype(np.int64), next_day.astype("float32")


def write_shards(folder):
    rng = np.random.default_rng(61)
    for yard in YARDS:
        weights, next_day = record_yard(yard, rng)
        codes = np.concatenate([weights[:, :1], np.diff(weights, axis=1)], axis=1)
        assert np.abs(codes).max() <= np.iinfo(np.int16).max
        np.savez_compressed(os.path.join(folder, yard["name"] + ".npz"), codes=codes.astype(np.int16), next_day=next_day)


class ShardReader:
    """Reads one shard after the other. First column of the codes: kilograms, the others: change since the hour before."""

    def __init__(self, folder, batch):
        self.folder, self.batch = folder, batch

    def _curve(self, codes):
        return np.log(np.cumsum(codes, axis=1, dtype=codes.dtype))  # whynan: int_overflow phase=data also=log_of_negative,nan_in_input

    def _features(self, codes):
        curve = self._curve(codes)
        changes = np.diff(curve, axis=1) * 50.0
        level = curve[:, [0, HOURS // 2, HOURS - 1]] - 9.0
        return np.concatenate([np.clip(changes, -5.0, 5.0), level], axis=1).astype("float32")

    def __call__(self):
        for name in sorted(os.listdir(self.folder)):
            with np.load(os.path.join(self.folder, name)) as shard:
                features, tonnes = self._features(shard["codes"]), shard["next_day"] / 1000.0
            for start in range(0, len(features), self.batch):
                yield name, features[start:start + self.batch], tonnes[start:start + self.batch]


class Trainer:
    def __init__(self, rate=1e-3):
        self.model = keras.Sequential([
            keras.Input((HOURS + 2,)),
            layers.Dense(32, activation="gelu"),
            layers.Dense(16, activation="gelu"),
            layers.Dense(1),
        ])
        self.optimizer = keras.optimizers.AdamW(rate, weight_decay=1e-4)
        self.loss = keras.losses.Huber(delta=0.5)

    @tf.function
    def step(self, features, tonnes):
        with tf.GradientTape() as tape:
            loss = self.loss(tonnes, self.model(features, training=True))
        variables = self.model.trainable_variables
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), 1.0)
        self.optimizer.apply_gradients(zip(gradients, variables))
        return loss


def main():
    keras.utils.set_random_seed(9)
    with tempfile.TemporaryDirectory() as folder:
        write_shards(folder)
        reader, trainer = ShardReader(folder, batch=32), Trainer()
        for epoch in range(4):
            for name, features, tonnes in reader():
                loss = trainer.step(tf.constant(features), tf.constant(tonnes))
                print(epoch, name, f"{float(loss):.5f}")


if __name__ == "__main__":
    main()
