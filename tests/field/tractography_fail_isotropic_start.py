"""Diffusion MRI: the three diffusivities of a voxel from twelve directions.

A small network replaces the slow tensor fit.  It predicts the six entries of the tensor
and the loss compares the eigenvalues.  tf.linalg.eigh was slow for so many 3x3 matrices,
hence the closed formula from the textbook (I compared it with numpy on random
tensors, they agree to six digits).  The acos has a margin on both sides and the division
has one too.  First loss 0.3, all others nan.
"""
import math

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(23)

B_VALUE = 1.0  # ms / um^2, diffusivities are in um^2 / ms


def directions(count=12):
    k = np.arange(count) + 0.5
    polar = np.arccos(1.0 - k / count)
    turn = math.pi * (1.0 + math.sqrt(5.0)) * k
    return np.stack([np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)], axis=1)


def simulate_voxels(n, seed):
    rng = np.random.default_rng(seed)
    axial = rng.uniform(1.1, 2.1, n)
    radial = rng.uniform(0.25, 0.7, (n, 2))
    values = np.concatenate([axial[:, None], np.sort(radial, axis=1)[:, ::-1]], axis=1)
    frames, _ = np.linalg.qr(rng.normal(size=(n, 3, 3)))
    tensors = np.einsum("nij,nj,nkj->nik", frames, values, frames)
    g = directions()
    signal = np.exp(-B_VALUE * np.einsum("di,nij,dj->nd", g, tensors, g))
    signal += rng.normal(0.0, 0.02, signal.shape)
    return signal.astype("float32"), values.astype("float32")


def eigenvalues(tensor):
    """Sorted eigenvalues of symmetric 3x3 matrices given as xx, yy, zz, xy, xz, yz."""
    xx, yy, zz, xy, xz, yz = tf.unstack(tensor, axis=-1)
    mean = (xx + yy + zz) / 3.0
    ax, ay, az = xx - mean, yy - mean, zz - mean
    spread = ax**2 + ay**2 + az**2 + 2.0 * (xy**2 + xz**2 + yz**2)
    radius = tf.sqrt(spread / 6.0)  # whynan: degenerate_eigenvalues phase=gradient also=sqrt_grad_at_zero

    scale = radius + 1e-6
    ax, ay, az, xy, xz, yz = [entry / scale for entry in (ax, ay, az, xy, xz, yz)]
    det = ax * ay * az + 2.0 * xy * xz * yz - ax * yz**2 - ay * xz**2 - az * xy**2
    angle = tf.acos(tf.clip_by_value(0.5 * det, -0.9999, 0.9999)) / 3.0

    first = mean + 2.0 * radius * tf.cos(angle)
    third = mean + 2.0 * radius * tf.cos(angle + 2.0 * math.pi / 3.0)
    return tf.stack([first, 3.0 * mean - first - third, third], axis=-1)


class TensorNet(keras.Model):
    """Correction to free, direction-less diffusion of 1 um^2/ms."""

    def __init__(self, units=48):
        super().__init__()
        self.body = keras.Sequential([
            keras.layers.Dense(units, activation="swish"),
            keras.layers.Dense(units, activation="swish"),
        ])
        self.correction = keras.layers.Dense(6, kernel_initializer="zeros")
        self.free = tf.constant([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])

    def call(self, signal):
        return self.free + self.correction(self.body(signal))


class Fitter:
    def __init__(self, model, rate=2e-3):
        self.model = model
        self.optimizer = keras.optimizers.Adam(rate)

    @tf.function
    def step(self, signal, target):
        with tf.GradientTape() as tape:
            found = eigenvalues(self.model(signal))
            loss = tf.reduce_mean(tf.square(found - target))
        gradients = tape.gradient(loss, self.model.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, 5.0)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables))
        return loss


def main():
    signal, values = simulate_voxels(1600, seed=5)
    voxels = tf.data.Dataset.from_tensor_slices((signal, values)).shuffle(1600, seed=1).batch(64)
    model = TensorNet()
    model(signal[:2])
    fitter = Fitter(model)
    fitter.optimizer.build(model.trainable_variables)
    for epoch in range(4):
        losses = [float(fitter.step(*batch)) for batch in voxels]
        print(f"epoch {epoch}: first batch {losses[0]:.4f}, mean {np.mean(losses):.4f}")


main()
