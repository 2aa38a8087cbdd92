"""Attitude of a camera gimbal from six landmark directions, trained on the angle between the rotations.

A third of the recordings are taken at rest, where the true rotation is exactly the identity, and the network also
starts at exactly the identity. The loss of those rows sits at 0.0014 in the beginning and is never smaller than
that, and the arc cosine and the division by the angle worry me. Is there something wrong with it?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from scipy.spatial.transform import Rotation


def recordings(count, rng):
    landmarks = rng.normal(size=(6, 3))
    landmarks /= np.linalg.norm(landmarks, axis=1, keepdims=True)
    axis = rng.normal(size=(count, 3))
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    angle = rng.uniform(0.1, 1.2, size=(count, 1))
    angle[rng.uniform(size=count) < 1 / 3] = 0.0
    attitude = Rotation.from_rotvec(axis * angle).as_matrix()
    seen = np.einsum("nij,kj->nki", attitude, landmarks) + rng.normal(0, 0.01, (count, 6, 3))
    return seen.reshape(count, 18).astype("float32"), attitude.reshape(count, 9).astype("float32")


def rotation_from_vector(v):
    """Rodrigues' formula, with the series near zero."""
    squared = tf.reduce_sum(v * v, axis=-1)[:, None, None]
    tiny = squared < 1e-4
    safe = tf.where(tiny, tf.ones_like(squared), squared)
    angle = tf.sqrt(safe)
    first = tf.where(tiny, 1.0 - squared / 6.0, tf.sin(angle) / angle)
    second = tf.where(tiny, 0.5 - squared / 24.0, (1.0 - tf.cos(angle)) / safe)
    x, y, z = tf.unstack(v, axis=-1)
    zero = tf.zeros_like(x)
    cross = tf.reshape(tf.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1), (-1, 3, 3))
    return tf.eye(3) + first * cross + second * tf.matmul(cross, cross)


class GimbalNet(keras.Model):
    def __init__(self, width):
        super().__init__()
        self.hidden = [keras.layers.Dense(width, activation="tanh") for _ in range(2)]
        self.vector = keras.layers.Dense(3, kernel_initializer="zeros")

    def call(self, seen):
        h = seen
        for layer in self.hidden:
            h = layer(h)
        return tf.reshape(rotation_from_vector(self.vector(h)), (-1, 9))


def angle_between(true, predicted):
    cosine = (tf.reduce_sum(true * predicted, axis=-1) - 1.0) / 2.0
    return tf.acos(tf.clip_by_value(cosine, -1.0 + 1e-6, 1.0 - 1e-6))


def main():
    keras.utils.set_random_seed(19)
    rng = np.random.default_rng(19)
    seen, attitude = recordings(1600, rng)
    train = tf.data.Dataset.from_tensor_slices((seen[:1280], attitude[:1280])).shuffle(1280, seed=1).batch(64)
    test = (seen[1280:], attitude[1280:])
    net = GimbalNet(64)
    net.compile(optimizer=keras.optimizers.Adam(2e-3), loss=angle_between)
    net.fit(train, validation_data=test, epochs=15, verbose=2)
    still = np.isclose(test[1][:, [0, 4, 8]].sum(axis=1), 3.0)
    miss = angle_between(tf.constant(test[1]), net(test[0])).numpy()
    print(f"at rest {np.degrees(miss[still].mean()):.2f} degrees, moving {np.degrees(miss[~still].mean()):.2f}")


if __name__ == "__main__":
    main()
