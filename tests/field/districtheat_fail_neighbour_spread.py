"""Predict the next-hour change at 60 substations of a heat network with a multi-aggregator graph network.

Mean, spread and extremes of the neighbours are the features of a node, as in the paper. nan in the first batch. I was
sure it comes from the infinities that fill the places of non-neighbours, but without min and max it is the same.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(19)

NODES = 60


def network(rng):
    """A ring main with a few cross connections; every substation has at least two neighbours."""
    adjacency = np.zeros((NODES, NODES), "float32")
    for i in range(NODES):
        adjacency[i, (i + 1) % NODES] = adjacency[(i + 1) % NODES, i] = 1.0
    for _ in range(40):
        a, b = rng.choice(NODES, size=2, replace=False)
        adjacency[a, b] = adjacency[b, a] = 1.0
    return adjacency


def snapshots(adjacency, count, rng):
    """Supply temperature in kelvin (well mixed, so nearly the same everywhere) and flow in kg/s."""
    plant = 351.0 + 4.0 * np.sin(np.linspace(0, 25, count))[:, None]
    local = rng.normal(0.0, 0.02, size=(count, NODES))
    temperature = plant + local
    flow = 3.0 + 0.6 * rng.standard_normal((count, NODES))
    around = local @ (adjacency / adjacency.sum(axis=1, keepdims=True)).T
    change = 20.0 * (around - local) + 0.1 * (flow - 3.0) + rng.normal(0, 0.02, size=local.shape)
    x = np.stack([temperature, flow], axis=-1).astype("float32")
    return x, change[..., None].astype("float32")


class NeighbourAggregation(layers.Layer):
    def __init__(self, adjacency, units, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.linked = (adjacency > 0)[None, :, :, None]
        self.average = adjacency / adjacency.sum(axis=1, keepdims=True)
        self.epsilon = epsilon
        self.update = layers.Dense(units, activation="silu")

    def build(self, input_shape):
        self.update.build((*input_shape[:-1], 5 * input_shape[-1]))

    def call(self, h):
        average = ops.convert_to_tensor(self.average)
        mean = ops.matmul(average, h)
        mean_square = ops.matmul(average, ops.square(h))
        spread = ops.sqrt(mean_square - ops.square(mean) + self.epsilon)  # whynan: catastrophic_cancellation phase=forward also=sqrt_of_negative
        around = ops.expand_dims(h, 1)
        lowest = ops.min(ops.where(self.linked, around, np.inf), axis=2)
        highest = ops.max(ops.where(self.linked, around, -np.inf), axis=2)
        return self.update(ops.concatenate([h, mean, spread, lowest, highest], axis=-1))


class HeatNetwork(keras.Model):
    def __init__(self, adjacency, units=16, **kwargs):
        super().__init__(**kwargs)
        self.first = NeighbourAggregation(adjacency, units)
        self.norm = layers.LayerNormalization()
        self.second = NeighbourAggregation(adjacency, units)
        self.readout = layers.Dense(1)

    def call(self, x):
        h = self.norm(self.first(x))
        return self.readout(self.second(h))


if __name__ == "__main__":
    generator = np.random.default_rng(19)
    grid = network(generator)
    inputs, targets = snapshots(grid, 320, generator)
    print("degrees", int(grid.sum(1).min()), "to", int(grid.sum(1).max()), "finite:", np.isfinite(inputs).all())
    model = HeatNetwork(grid)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    model.fit(inputs, targets, batch_size=32, epochs=2, verbose=2)
