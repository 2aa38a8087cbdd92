"""Atomisation energies from the Coulomb matrix. r_ii = 0 gives inf on the diagonal and padded atoms give 0/0;
both are replaced before anything is learned from them, and no gradient goes to the positions.
"""
# whynan: healthy
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(53)

MAX_ATOMS = 9


class CoulombMatrix(layers.Layer):
    """M_ij = Z_i Z_j / |R_i - R_j|, M_ii = 0.5 Z_i^2.4, rows sorted by norm."""

    def distances(self, positions):
        difference = ops.expand_dims(positions, 2) - ops.expand_dims(positions, 1)
        return ops.sqrt(ops.sum(ops.square(difference), axis=-1))

    def call(self, charges, positions):
        pair_charge = ops.expand_dims(charges, 2) * ops.expand_dims(charges, 1)
        repulsion = pair_charge / self.distances(positions)  # inf on the diagonal, NaN between padded atoms
        own = ops.expand_dims(0.5 * charges**2.4, 2) * ops.eye(MAX_ATOMS)
        different = ops.logical_not(ops.cast(ops.eye(MAX_ATOMS), "bool"))
        matrix = ops.where(ops.logical_and(pair_charge > 0, different), repulsion, own)
        order = ops.argsort(-ops.sum(ops.square(matrix), axis=-1), axis=-1)
        matrix = ops.take_along_axis(matrix, ops.expand_dims(order, 2), axis=1)
        return ops.take_along_axis(matrix, ops.expand_dims(order, 1), axis=2)


def build_model(mean, scale):
    charges = keras.Input((MAX_ATOMS,), name="charges")
    positions = keras.Input((MAX_ATOMS, 3), name="positions")
    m = CoulombMatrix()(charges, positions)
    h = layers.Rescaling(1 / 20.0)(layers.Flatten()(m))
    h = layers.LayerNormalization()(h)
    h = layers.Dense(64, activation="swish")(h)
    h = layers.Dense(64, activation="swish")(h)
    energy = layers.Rescaling(scale, offset=mean, name="energy")(layers.Dense(1)(h))
    return keras.Model({"charges": charges, "positions": positions}, energy)


def molecules(n=900, seed=1):
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(*[np.arange(3.0)] * 3), -1).reshape(-1, 3) * 1.3
    charges = np.zeros((n, MAX_ATOMS), "float32")
    positions = np.zeros((n, MAX_ATOMS, 3), "float32")
    energy = np.zeros(n, "float32")
    for i in range(n):
        atoms = rng.integers(3, MAX_ATOMS + 1)
        charges[i, :atoms] = rng.choice([1, 6, 7, 8], atoms)
        positions[i, :atoms] = grid[rng.choice(27, atoms, replace=False)] + rng.uniform(-0.2, 0.2, (atoms, 3))
        energy[i] = -40.0 * atoms - 12.0 * np.sqrt(charges[i, :atoms]).sum() + rng.normal(0, 3.0)
    return charges, positions, energy


charges, positions, energy = molecules()
model = build_model(float(energy.mean()), float(energy.std()))
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mae")
history = model.fit(
    {"charges": charges, "positions": positions}, energy, batch_size=32, epochs=6, validation_split=0.15, verbose=2
)
print("mae went from", history.history["loss"][0], "to", history.history["loss"][-1])
