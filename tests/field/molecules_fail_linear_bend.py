"""Refine cheap UFF geometries of triatomic molecules to DFT quality.

The network predicts a displacement per atom; positions and the bond angle are both in the loss.
Bent molecules only worked for weeks. NaN since the library also has CO2, CS2, BeCl2, XeF2 ...
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(5)

# name: (bond length in Angstrom, angle in degrees)
BENT = {"H2O": (0.96, 104.5), "SO2": (1.43, 119.5), "H2S": (1.34, 92.1), "OF2": (1.41, 103.1), "NO2": (1.19, 134.3)}
LINEAR = {"CO2": 1.16, "CS2": 1.55, "BeCl2": 1.80, "XeF2": 1.98, "BeH2": 1.33}


def standard_orientation(length, degrees):
    """Central atom in the origin, first ligand along -z (as Gaussian prints it)."""
    if degrees == 180.0:
        return np.array([[0, 0, -length], [0, 0, 0], [0, 0, length]])
    a = np.deg2rad(degrees)
    return np.array([[0, 0, -length], [0, 0, 0], [length * np.sin(a), 0, -length * np.cos(a)]])


def make_library(copies=40, seed=0):
    rng = np.random.default_rng(seed)
    guess, reference = [], []
    for _ in range(copies):
        for length, degrees in BENT.values():
            stretch = rng.uniform(0.97, 1.05)
            reference.append(standard_orientation(length, degrees))
            guess.append(standard_orientation(length * stretch, degrees + rng.normal(0, 4)))
        for length in LINEAR.values():  # UFF knows sp hybridisation, its angle is right
            reference.append(standard_orientation(length, 180.0))
            guess.append(standard_orientation(length * rng.uniform(0.97, 1.05), 180.0))
    order = rng.permutation(len(guess))
    return np.array(guess, "float32")[order], np.array(reference, "float32")[order]


def bond_vectors(positions):
    return positions[:, 0] - positions[:, 1], positions[:, 2] - positions[:, 1]


def unit(vector):
    return vector / ops.norm(vector, axis=-1, keepdims=True)


def bend(positions):
    u, v = bond_vectors(positions)
    cosine = ops.sum(unit(u) * unit(v), axis=-1)
    # rounding can give 1.0000001, that was a NaN once
    return ops.arccos(ops.clip(cosine, -1.0, 1.0))  # whynan: acos_grad_at_one phase=gradient also=acos_domain


class InternalCoordinateLoss(keras.losses.Loss):
    def __init__(self, bend_weight=0.1, **kwargs):
        super().__init__(**kwargs)
        self.bend_weight = bend_weight

    def call(self, y_true, y_pred):
        cartesian = ops.mean(ops.square(y_pred - y_true), axis=(1, 2))
        return cartesian + self.bend_weight * ops.square(bend(y_pred) - bend(y_true))


def build_refiner(hidden=64):
    positions = keras.Input((3, 3), name="uff_positions")
    h = layers.Flatten()(positions)
    h = layers.Dense(hidden, activation="swish")(h)
    h = layers.Dense(hidden, activation="swish")(h)
    # start from the UFF geometry: no displacement at all
    shift = layers.Dense(9, kernel_initializer="zeros", name="shift")(h)
    refined = layers.Add()([positions, layers.Reshape((3, 3))(shift)])
    return keras.Model(positions, refined)


guess, reference = make_library()
print("library:", guess.shape, "linear molecules:", int(len(guess) * len(LINEAR) / (len(LINEAR) + len(BENT))))
model = build_refiner()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=InternalCoordinateLoss())
model.fit(guess, reference, batch_size=32, epochs=3, verbose=2)
