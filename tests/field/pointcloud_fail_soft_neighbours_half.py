"""Soft-kNN edge convolution on LiDAR clusters (car, pedestrian, cyclist, pole)."""
import json

import keras
import numpy as np
from keras import layers, ops

SETTINGS = json.loads("""
{
  "seed": 6, "precision": "mixed_float16",
  "data": {"clusters": 600, "points": 48},
  "model": {"widths": [32, 64], "temperature": 0.1, "self_penalty": 1e5},
  "train": {"epochs": 2, "batch_size": 32, "learning_rate": 0.001}
}
""")

keras.utils.set_random_seed(SETTINGS["seed"])
keras.mixed_precision.set_global_policy(SETTINGS["precision"])


def squared_distances(x):
    """(b, n, d) -> (b, n, n)"""
    difference = ops.expand_dims(x, 2) - ops.expand_dims(x, 1)
    return ops.sum(ops.square(difference), axis=-1)


def without_self(distances, penalty):
    """A point must not be its own neighbour: push the diagonal far away."""
    n = distances.shape[-1]
    return distances + penalty * ops.eye(n, dtype=distances.dtype)  # whynan: float16_constant_overflow phase=forward also=float16_overflow


class SoftNeighbours(layers.Layer):
    def __init__(self, temperature, self_penalty, **kwargs):
        super().__init__(**kwargs)
        self.temperature = temperature
        self.self_penalty = self_penalty

    def call(self, geometry, features):
        far = without_self(squared_distances(geometry), self.self_penalty)
        weights = ops.softmax(-far / self.temperature, axis=-1)
        return ops.matmul(weights, features)


class EdgeConv(layers.Layer):
    """h_i = MLP([x_i, mean_j w_ij x_j - x_i])"""

    def __init__(self, width, neighbours, **kwargs):
        super().__init__(**kwargs)
        self.neighbours = neighbours
        self.mlp = layers.Dense(width, activation="gelu")

    def build(self, geometry_shape, features_shape):
        self.mlp.build(tuple(features_shape[:-1]) + (2 * features_shape[-1],))

    def call(self, geometry, features):
        context = self.neighbours(geometry, features)
        return self.mlp(ops.concatenate([features, context - features], axis=-1))


def build_model(points, model_settings):
    xyz = keras.Input((points, 3))
    h = xyz
    for k, width in enumerate(model_settings["widths"]):
        neighbours = SoftNeighbours(model_settings["temperature"], model_settings["self_penalty"], name=f"neighbours_{k}")
        h = EdgeConv(width, neighbours, name=f"edge_conv_{k}")(xyz, h)
    h = layers.GlobalMaxPooling1D()(h)
    return keras.Model(xyz, layers.Dense(4, activation="softmax", dtype="float32")(h))


def simulate(clusters, points, seed=0):
    rng = np.random.default_rng(seed)
    extent = np.array([[4.2, 1.8, 1.5], [0.5, 0.5, 1.7], [1.7, 0.6, 1.6], [0.2, 0.2, 4.0]])
    label = rng.integers(0, 4, clusters)
    xyz = rng.uniform(-0.5, 0.5, size=(clusters, points, 3)) * extent[label][:, None]
    return (xyz / 2.0).astype("float32"), label


xyz, label = simulate(**SETTINGS["data"])
model = build_model(SETTINGS["data"]["points"], SETTINGS["model"])
model.compile(
    optimizer=keras.optimizers.Adam(SETTINGS["train"]["learning_rate"]),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(xyz, label, epochs=SETTINGS["train"]["epochs"], batch_size=SETTINGS["train"]["batch_size"], verbose=2)
