"""Refit of the Tersoff bond-order potential to DFT energies of Si3 clusters.

A keras layer holds A, B, lambda1, lambda2, beta and n, and model.fit adjusts them to the energies of a hot molecular
dynamics run. Sometimes a few batches pass with a sensible loss, then everything is nan for good. Lowering the rate to
1e-5 changes nothing, and the energies I put in are all between -12 and 0 eV.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)
R_IN, R_OUT = 2.7, 3.0                      # Angstrom, cutoff taper
C2_D2, D2, H = 1.0039e5 ** 2 / 16.217 ** 2, 16.217 ** 2, -0.59825
I = [0, 1, 0, 2, 1, 2]                      # ordered pairs i-j of a trimer, and the third atom k
J = [1, 0, 2, 0, 2, 1]
K = [2, 2, 1, 1, 0, 0]


def taper(r):
    smooth = 0.5 + 0.5 * tf.cos(np.pi * (r - R_IN) / (R_OUT - R_IN))
    return tf.where(r < R_IN, 1.0, tf.where(r < R_OUT, smooth, 0.0))


def geometry(positions):
    a = tf.gather(positions, I, axis=1)
    r_ij = tf.gather(positions, J, axis=1) - a
    r_ik = tf.gather(positions, K, axis=1) - a
    d_ij, d_ik = tf.norm(r_ij, axis=-1), tf.norm(r_ik, axis=-1)
    return d_ij, d_ik, tf.reduce_sum(r_ij * r_ik, axis=-1) / (d_ij * d_ik)


class Tersoff(keras.layers.Layer):
    START = {"A": 1830.8, "B": 471.18, "lambda1": 2.4799, "lambda2": 1.7322, "n": 0.78734}

    def build(self, shape):
        for name, value in self.START.items():
            setattr(self, "p_" + name, self.add_weight(
                shape=(), initializer=keras.initializers.Constant(value), name=name))
        self.log_beta = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(np.log(1.1e-6)), name="log_beta")

    def bond_order(self, d_ik, cosine):
        u = tf.square(H - cosine)
        angular = 1.0 + C2_D2 * u / (D2 + u)
        zeta = taper(d_ik) * angular
        crowding = tf.pow(tf.exp(self.log_beta) * zeta, self.p_n)  # whynan: pow_grad_at_zero phase=gradient rows=41,118,163
        return tf.pow(1.0 + crowding, -0.5 / self.p_n)

    def call(self, positions):
        d_ij, d_ik, cosine = geometry(positions)
        repulsive = self.p_A * tf.exp(-self.p_lambda1 * d_ij)
        attractive = self.p_B * tf.exp(-self.p_lambda2 * d_ij)
        pair = taper(d_ij) * (repulsive - self.bond_order(d_ik, cosine) * attractive)
        return 0.5 * tf.reduce_sum(pair, axis=1, keepdims=True)


def trajectory(frames=200, seed=17):
    """Closed triangles that vibrate; in a few frames one atom has left the other two."""
    rng = np.random.default_rng(seed)
    side = 2.38
    rest = np.array([[0, 0, 0], [side, 0, 0], [side / 2, side * np.sqrt(3) / 2, 0]])
    x = rest + 0.06 * rng.standard_normal((frames, 3, 3))
    evaporated = [41, 118, 163]
    x[evaporated, 2] = np.array([side / 2, 3.25, 0]) + 0.02 * rng.standard_normal((3, 3))
    return x.astype("float32")


def dft_like_energy(x, rng):
    e = np.zeros(len(x))
    for i, j in ((0, 1), (0, 2), (1, 2)):
        r = np.linalg.norm(x[:, i] - x[:, j], axis=1)
        e += 2.7 * (np.exp(-2.8 * (r - 2.33)) - 2 * np.exp(-1.4 * (r - 2.33)))
    return (e + 0.02 * rng.standard_normal(len(x))).astype("float32")[:, None]


positions = trajectory()
energy = dft_like_energy(positions, np.random.default_rng(18))
print("energies", energy.min(), energy.max())

inputs = keras.Input((3, 3))
model = keras.Model(inputs, Tersoff(name="tersoff")(inputs))
model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse", metrics=["mae"])
model.fit(positions, energy, batch_size=20, epochs=8, verbose=2)
