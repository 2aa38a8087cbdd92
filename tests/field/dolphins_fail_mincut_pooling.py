"""Classify dolphin sightings (foraging or travelling) from who was seen next to whom.

Every sighting is a small graph, padded to twelve animals. After I put a MinCut pooling layer between
the two graph layers the loss is nan in the first epoch. Average pooling instead: no problem. The
orthogonality term looked suspicious, so I gave it an epsilon, without success.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(12)

MAX_ANIMALS, FEATURES = 12, 4


def simulate_sightings(n=384, reach=0.22):
    rng = np.random.default_rng(12)
    nodes = np.zeros((n, MAX_ANIMALS, FEATURES), "float32")
    links = np.zeros((n, MAX_ANIMALS, MAX_ANIMALS), "float32")
    label = rng.integers(0, 2, n).astype("float32")
    for i in range(n):
        size = 1 + min(rng.poisson(4.0), MAX_ANIMALS - 1)
        spread = 0.6 if label[i] else 0.3
        place = rng.normal(0.0, spread, (size, 2))
        apart = np.hypot(*(place[:, None] - place[None, :]).transpose(2, 0, 1))
        near = (apart < reach).astype("float32")
        np.fill_diagonal(near, 0.0)
        links[i, :size, :size] = near
        nodes[i, :size, 0] = 1.0
        nodes[i, :size, 1] = rng.normal(2.4, 0.3, size) / 3.0
        nodes[i, :size, 2:] = place
    return nodes, links, label


class NeighbourConv(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.own = layers.Dense(units)
        self.others = layers.Dense(units, use_bias=False)

    def call(self, inputs):
        x, a = inputs
        degree = ops.sum(a, axis=-1, keepdims=True)
        return ops.tanh(self.own(x) + ops.matmul(a, self.others(x)) / (degree + 1.0))


class MinCutPool(layers.Layer):
    """Soft clusters of the nodes; cut and orthogonality go to the losses of the model."""

    def __init__(self, clusters, eps=1e-7, **kwargs):
        super().__init__(**kwargs)
        self.clusters, self.eps = clusters, eps
        self.assign = layers.Dense(clusters, activation="softmax")

    def call(self, inputs):
        x, a = inputs
        s = self.assign(x)
        st = ops.transpose(s, (0, 2, 1))
        coarse = ops.matmul(ops.matmul(st, a), s)

        degree = ops.sum(a, axis=-1, keepdims=True)
        within = ops.sum(coarse * ops.eye(self.clusters), axis=(1, 2))
        volume = ops.sum(degree * ops.square(s), axis=(1, 2))
        cut = -within / volume  # whynan: divide_by_zero phase=forward also=zero_degree_node,zero_weight_sum
        self.add_loss(ops.mean(cut))

        overlap = ops.matmul(st, s)
        size = ops.sqrt(ops.sum(ops.square(overlap), axis=(1, 2), keepdims=True) + self.eps)
        ideal = ops.eye(self.clusters) / self.clusters ** 0.5
        self.add_loss(0.5 * ops.mean(ops.sum(ops.square(overlap / size - ideal), axis=(1, 2))))
        return ops.matmul(st, x), coarse


nodes, links, label = simulate_sightings()
x_in = keras.Input((MAX_ANIMALS, FEATURES), name="animals")
a_in = keras.Input((MAX_ANIMALS, MAX_ANIMALS), name="links")
x = NeighbourConv(16)([x_in, a_in])
x, a = MinCutPool(3)([x, a_in])
x = NeighbourConv(16)([x, a])
out = layers.Dense(1, activation="sigmoid")(layers.GlobalAveragePooling1D()(x))
model = keras.Model([x_in, a_in], out)
model.compile(keras.optimizers.Adam(3e-3, clipnorm=1.0), loss="binary_crossentropy")
model.fit([nodes, links], label, batch_size=32, epochs=3, verbose=2)
