"""Variational Monte Carlo of the transverse field Ising chain with a restricted Boltzmann machine as wave function.

For 12 and 20 spins I get the ground state energy of the exact diagonalisation. For 56 spins the energy falls for some
steps and then becomes nan. Smaller step size only moves the moment. The log cosh is written in the stable form.
"""
import argparse

import numpy as np
import tensorflow as tf
import keras


class RBMWaveFunction(keras.Model):
    """Positive amplitude psi(s) = exp(a s) * prod_j 2 cosh(b_j + W_j s), the ground state has no sign structure."""

    def __init__(self, n_spins, density):
        super().__init__()
        small = keras.initializers.RandomNormal(stddev=0.02, seed=1)
        self.couplings = keras.layers.Dense(n_spins * density, kernel_initializer=small)
        self.field = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")

    def log_amplitude(self, spins):
        theta = tf.abs(self.couplings(spins))
        log_two_cosh = theta + tf.math.log1p(tf.exp(-2.0 * theta))
        return tf.squeeze(self.field(spins), axis=-1) + tf.reduce_sum(log_two_cosh, axis=-1)

    def call(self, spins):
        return tf.exp(self.log_amplitude(spins))  # whynan: exp_overflow phase=forward|loss


class TransverseIsing:
    def __init__(self, n_spins, coupling=1.0, field=0.7):
        self.n_spins, self.coupling, self.field = n_spins, coupling, field
        self.flips = 1.0 - 2.0 * tf.eye(n_spins)

    def local_energy(self, psi, spins):
        bonds = tf.reduce_sum(spins * tf.roll(spins, shift=-1, axis=1), axis=1)
        flipped = tf.reshape(spins[:, None, :] * self.flips[None], [-1, self.n_spins])
        ratios = tf.reshape(psi(flipped), [-1, self.n_spins]) / psi(spins)[:, None]
        return -self.coupling * bonds - self.field * tf.reduce_sum(ratios, axis=1)


class VariationalMonteCarlo:
    def __init__(self, hamiltonian, psi, chains, rate):
        self.h, self.psi, self.chains = hamiltonian, psi, chains
        start = np.random.default_rng(0).choice([-1.0, 1.0], size=(chains, hamiltonian.n_spins))
        self.spins = tf.constant(start, tf.float32)
        self.psi(self.spins)
        self.optimizer = keras.optimizers.Adam(rate)
        self.optimizer.build(self.psi.trainable_variables)

    @tf.function
    def sweep(self, spins):
        weight = self.psi(spins)
        for _ in tf.range(self.h.n_spins):
            site = tf.random.uniform([self.chains], 0, self.h.n_spins, dtype=tf.int32)
            proposal = spins * (1.0 - 2.0 * tf.one_hot(site, self.h.n_spins))
            new_weight = self.psi(proposal)
            accept = tf.random.uniform([self.chains]) < tf.square(new_weight / weight)
            spins = tf.where(accept[:, None], proposal, spins)
            weight = tf.where(accept, new_weight, weight)
        return spins

    @tf.function
    def improve(self, spins):
        energy = self.h.local_energy(self.psi, spins)
        centred = tf.stop_gradient(energy - tf.reduce_mean(energy))
        with tf.GradientTape() as tape:
            loss = 2.0 * tf.reduce_mean(centred * self.psi.log_amplitude(spins))
        weights = self.psi.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return tf.reduce_mean(energy), loss

    def run(self, steps, report=20):
        for step in range(steps):
            self.spins = self.sweep(self.spins)
            energy, loss = self.improve(self.spins)
            if step % report == 0:
                print(f"step {step:4d}  energy per spin {float(energy) / self.h.n_spins:9.4f}  loss {float(loss):9.4f}")
        return float(energy) / self.h.n_spins


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--spins", type=int, default=56)
    parser.add_argument("--density", type=int, default=2)
    parser.add_argument("--chains", type=int, default=64)
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--rate", type=float, default=0.01)
    return parser.parse_args()


if __name__ == "__main__":
    args = parse()
    keras.utils.set_random_seed(12)
    vmc = VariationalMonteCarlo(
        TransverseIsing(args.spins), RBMWaveFunction(args.spins, args.density), args.chains, args.rate
    )
    print("final energy per spin:", vmc.run(args.steps))
