"""Broadleaf or conifer from single-tree laser scans, by how the crown fills space at every octree level.

With nine levels this trained without trouble. The new scanner resolves a millimetre, so I asked for twelve
levels, and now the loss is nan from the very first batch. The point clouds themselves are clean, I plotted them.
"""
import math

import keras
import numpy as np

CONFIG = {"levels": 12, "edge": 4.0, "trees": 240, "batch": 24, "epochs": 6, "seed": 11}


def grow_tree(rng, conifer):
    """A crown of a few hundred returns inside a cube with an edge of four metres."""
    n = int(rng.integers(250, 420))
    if conifer:
        height = 3.8 * (1.0 - np.sqrt(rng.uniform(size=n)))
        radius = 1.5 * (1.0 - height / 3.9) * np.sqrt(rng.uniform(size=n))
        turn = rng.uniform(0, 2 * np.pi, n)
        points = np.stack([2 + radius * np.cos(turn), 2 + radius * np.sin(turn), height], axis=1)
    else:
        direction = rng.normal(size=(n, 3))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        points = 2.0 + direction * rng.uniform(1.1, 1.7, size=(n, 1)) * np.array([1.0, 1.0, 0.8])
    return np.clip(points + rng.normal(0, 0.01, points.shape), 0.0, 3.999)


class OctreeOccupancy:
    """log2 of the share of voxels that hold at least one return, level by level."""

    def __init__(self, levels, edge):
        self.levels = np.arange(1, levels + 1, dtype=np.int32)
        self.edge = edge

    def occupied(self, points):
        counts = []
        for level in self.levels.tolist():
            voxels = np.floor(points / self.edge * 2**level).astype(np.int32)
            counts.append(len(np.unique(voxels, axis=0)))
        return np.asarray(counts, dtype="float64")

    def __call__(self, points):
        share = self.occupied(points) / 8**self.levels  # whynan: int_overflow phase=data also=divide_by_zero,inf_in_input
        return (np.log2(share) / len(self.levels)).astype("float32")


class TreeBatches(keras.utils.PyDataset):
    def __init__(self, clouds, labels, describe, batch, **kwargs):
        super().__init__(**kwargs)
        self.features = np.stack([describe(cloud) for cloud in clouds])
        self.labels = np.asarray(labels, dtype="float32")[:, None]
        self.batch = batch

    def __len__(self):
        return math.ceil(len(self.features) / self.batch)

    def __getitem__(self, index):
        rows = slice(index * self.batch, (index + 1) * self.batch)
        return self.features[rows], self.labels[rows]


def main(cfg):
    keras.utils.set_random_seed(cfg["seed"])
    rng = np.random.default_rng(cfg["seed"])
    labels = rng.integers(0, 2, cfg["trees"])
    clouds = [grow_tree(rng, bool(label)) for label in labels]
    describe = OctreeOccupancy(cfg["levels"], cfg["edge"])
    batches = TreeBatches(clouds, labels, describe, cfg["batch"])

    model = keras.Sequential(
        [
            keras.Input((cfg["levels"],)),
            keras.layers.Dense(32, activation="elu"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(1),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3, clipnorm=1.0),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    model.fit(batches, epochs=cfg["epochs"], verbose=2)


if __name__ == "__main__":
    main(CONFIG)
