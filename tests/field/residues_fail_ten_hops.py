"""Folding energy of short protein fragments from their contact maps, message passing over ten hops.

With two hops it trains (badly), and since the fragments are forty residues long I wanted messages to reach the other
end. With ten hops: first loss astronomically large, second loss nan. Energies are standardised.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(52)

PARAMS = {"n_fragments": 96, "length": 40, "cutoff": 9.0, "hops": 10, "units": 32, "rate": 1e-2, "batch": 16}


def random_fragment(rng, length):
    """Compact self-avoiding-ish walk with steps of 3.8 angstrom."""
    steps = rng.normal(size=(length, 3))
    steps *= 3.8 / np.linalg.norm(steps, axis=1, keepdims=True)
    walk = np.cumsum(steps, axis=0)
    return (walk - walk.mean(0)) * 0.75


def contact_map(xyz, cutoff):
    d = np.linalg.norm(xyz[:, None] - xyz[None, :], axis=-1)
    return (d < cutoff).astype("float32")  # contains the residue itself


def dataset(p, seed=1):
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 20, size=(p["n_fragments"], p["length"]))
    hydrophobic = (np.arange(20) < 8).astype(float)
    nodes = np.eye(20, dtype="float32")[kinds]
    maps, energy = [], []
    for k in range(p["n_fragments"]):
        a = contact_map(random_fragment(rng, p["length"]), p["cutoff"])
        h = hydrophobic[kinds[k]]
        maps.append(a)
        energy.append(-(h @ a @ h) + rng.normal(0, 2.0))
    energy = np.asarray(energy)
    energy = (energy - energy.mean()) / energy.std()
    return nodes, np.stack(maps), energy.astype("float32")[:, None]


class Hop(layers.Layer):
    """Every residue adds up what its contacts send."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        nodes_shape, _ = input_shape
        self.kernel = self.add_weight(shape=(nodes_shape[-1], self.units), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        h, contacts = inputs
        return ops.leaky_relu(ops.matmul(contacts, ops.matmul(h, self.kernel)) + self.bias, 0.2)  # whynan: exploding_gradient phase=forward also=learning_rate_too_high

    def compute_output_shape(self, input_shape):
        return (*input_shape[0][:-1], self.units)


def build(p):
    nodes = keras.Input((p["length"], 20), name="nodes")
    contacts = keras.Input((p["length"], p["length"]), name="contacts")
    h = layers.Dense(p["units"], activation="leaky_relu")(nodes)
    for k in range(p["hops"]):
        h = Hop(p["units"], name=f"hop_{k}")([h, contacts])
    pooled = layers.GlobalAveragePooling1D()(h)
    return keras.Model([nodes, contacts], layers.Dense(1, name="energy")(pooled))


def main(p=PARAMS):
    nodes, maps, energy = dataset(p)
    print("contacts per residue:", maps.sum(-1).mean().round(1), " energy std:", energy.std().round(3))
    model = build(p)
    model.compile(optimizer=keras.optimizers.SGD(p["rate"]), loss="mse")
    history = model.fit([nodes, maps], energy, batch_size=p["batch"], epochs=4, verbose=2)
    print(history.history["loss"])


if __name__ == "__main__":
    main()
