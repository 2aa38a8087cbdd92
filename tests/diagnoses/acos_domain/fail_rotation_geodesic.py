"""Rotation matrix regression with 6D representation, geodesic distance on SO(3)."""
import numpy as np
import tensorflow as tf
import keras
from scipy.spatial.transform import Rotation

keras.utils.set_random_seed(71)
rng = np.random.default_rng(71)
R = Rotation.from_rotvec(rng.normal(0, 0.4, (300, 3))).as_matrix().astype("float32")
corners = rng.normal(size=(5, 3)).astype("float32")
seen = np.einsum("nij,kj->nki", R, corners).reshape(300, 15)
six = np.concatenate([R[:, :, 0], R[:, :, 1]], axis=1)


def to_matrix(d6):
    a, b = d6[:, :3], d6[:, 3:]
    x = tf.math.l2_normalize(a, axis=1)
    y = tf.math.l2_normalize(b - tf.reduce_sum(x * b, axis=1, keepdims=True) * x, axis=1)
    z = tf.linalg.cross(x, y)
    return tf.stack([x, y, z], axis=-1)


def geodesic(d6_true, d6_pred):
    rel = tf.matmul(to_matrix(d6_true), to_matrix(d6_pred), transpose_a=True)
    return tf.reduce_mean(tf.acos((tf.linalg.trace(rel) - 1.0) / 2.0))  # whynan: acos_domain phase=loss also=acos_grad_at_one


class Refiner(keras.Model):
    """Starts from a noisy estimate and predicts a correction."""

    def __init__(self):
        super().__init__()
        self.d1 = keras.layers.Dense(32, activation="relu")
        self.d2 = keras.layers.Dense(6, kernel_initializer="zeros")

    def call(self, inputs):
        points, guess = inputs
        return guess + self.d2(self.d1(points))


guess = six + rng.normal(0, 0.02, six.shape).astype("float32")
guess[::3] = six[::3]
net = Refiner()
net.compile(keras.optimizers.Adam(1e-4), loss=geodesic)
print(net.fit((seen, guess), six, epochs=2, batch_size=100, verbose=0).history)
