"""Completing scanned coral colonies from the part that the diver could see, in mixed precision.

The loss of an epoch is always nan, already in the first one, although most single batches look fine when I
print them, and the loss scale keeps shrinking. The same code in float32 trains. The output is bounded by a
tanh and coordinates are in decimetres, so I do not see what could become large.
"""
import dataclasses

import keras
import numpy as np
import tensorflow as tf


@dataclasses.dataclass
class Settings:
    colonies: int = 192
    recruits: int = 4
    full: int = 64
    seen: int = 40
    drawn: int = 48
    batch: int = 16
    epochs: int = 3
    rate: float = 1e-3
    reach: float = 2.0
    nowhere: float = 1e5
    seed: int = 8


def scan_colony(rng, points):
    """Points on a lumpy ellipsoid, in decimetres around the centre of the colony."""
    direction = rng.normal(size=(points, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True) + 1e-9
    lumps = 1.0 + 0.2 * np.sin(3.0 * direction[:, :1] + rng.uniform(0, 6)) * np.cos(2.0 * direction[:, 1:2])
    return (direction * rng.uniform(0.4, 1.3, size=3) * lumps).astype("float32")


def collect_scans(settings, rng):
    """Recruits, colonies of a few months, have fewer points on them than the others."""
    counts = np.full(settings.colonies, settings.full)
    young = rng.choice(settings.colonies, settings.recruits, replace=False)
    counts[young] = rng.integers(30, settings.full - 5, settings.recruits)
    return [scan_colony(rng, count) for count in counts]


class ColonyBatches(keras.utils.PyDataset):
    """Partial cloud -> whole cloud with a fourth column that tells points from filling."""

    def __init__(self, scans, settings, **kwargs):
        super().__init__(**kwargs)
        self.scans, self.settings = scans, settings
        self.rng = np.random.default_rng(settings.seed + 1)
        self.order = self.rng.permutation(len(scans))

    def __len__(self):
        return len(self.scans) // self.settings.batch

    def visible(self, scan):
        side = self.rng.normal(size=3)
        facing = np.argsort(scan @ side)[-(2 * len(scan) // 3):]
        return scan[self.rng.choice(facing, self.settings.seen)]

    def filled(self, scan):
        whole = np.zeros((self.settings.full, 4), dtype="float32")
        whole[: len(scan), :3] = scan
        whole[: len(scan), 3] = 1.0
        return whole

    def __getitem__(self, index):
        size = self.settings.batch
        chosen = [self.scans[i] for i in self.order[index * size:(index + 1) * size]]
        return np.stack([self.visible(s) for s in chosen]), np.stack([self.filled(s) for s in chosen])

    def on_epoch_end(self):
        self.rng.shuffle(self.order)


class Surroundings(keras.layers.Layer):
    """Adds to each point how far it is from the middle of the cloud."""

    def call(self, points):
        middle = tf.reduce_mean(points, axis=1, keepdims=True)
        away = tf.sqrt(tf.reduce_sum(tf.square(points - middle), axis=-1, keepdims=True) + 1e-3)
        return tf.concat([points, away], axis=-1)


class ColonyCompleter(keras.Model):
    def __init__(self, settings):
        super().__init__()
        self.settings = settings
        self.surroundings = Surroundings()
        self.per_point = [keras.layers.Dense(32, activation="relu"), keras.layers.Dense(64, activation="relu")]
        self.code = keras.layers.Dense(64, activation="relu")
        self.draw = keras.layers.Dense(settings.drawn * 3, activation="tanh")
        self.shape_of_cloud = keras.layers.Reshape((settings.drawn, 3))

    def call(self, points):
        features = self.surroundings(points)
        for layer in self.per_point:
            features = layer(features)
        code = self.code(tf.reduce_max(features, axis=1))
        return self.settings.reach * self.shape_of_cloud(self.draw(code))

    def chamfer(self, drawn, target, there):
        """Mean squared way from every drawn point to the colony and from every point of the colony back."""
        gap = drawn[:, :, tf.newaxis, :] - target[:, tf.newaxis, :, :]
        way = tf.reduce_sum(tf.square(gap), axis=-1)
        way = tf.where(there[:, tf.newaxis, :], way, tf.cast(self.settings.nowhere, way.dtype))  # whynan: float16_constant_overflow phase=forward|loss also=float16_overflow
        onto_colony = tf.reduce_mean(tf.reduce_min(way, axis=2), axis=1)
        counted = tf.cast(there, way.dtype)
        number = tf.maximum(tf.reduce_sum(counted, axis=1), 1.0)
        back = tf.reduce_sum(tf.reduce_min(way, axis=1) * counted, axis=1) / number
        return onto_colony + back

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        target = tf.cast(y[..., :3], y_pred.dtype)
        there = y[..., 3] > 0.5
        return tf.reduce_mean(tf.cast(self.chamfer(y_pred, target, there), tf.float32))


class ScaleReport(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        scale = float(keras.ops.convert_to_numpy(self.model.optimizer.dynamic_scale))
        print(f"loss scale {scale:.0f}, loss {logs['loss']:.4f}")


def main():
    settings = Settings()
    keras.utils.set_random_seed(settings.seed)
    keras.mixed_precision.set_global_policy("mixed_float16")
    rng = np.random.default_rng(settings.seed)
    batches = ColonyBatches(collect_scans(settings, rng), settings)
    model = ColonyCompleter(settings)
    model.compile(optimizer=keras.optimizers.Adam(settings.rate))
    model.fit(batches, epochs=settings.epochs, verbose=2, callbacks=[ScaleReport()])


if __name__ == "__main__":
    main()
