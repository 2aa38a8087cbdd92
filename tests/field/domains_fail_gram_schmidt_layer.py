# Domain-invariant projection: I learn k directions and make them orthonormal inside the layer (Gram-Schmidt, tf.while_loop).
# loss: nan from the first batch. The data is clean, checked three times.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(0)


class GramSchmidt:
    """Row by row orthonormalisation as a graph loop."""

    def __init__(self, rows, dim):
        self.rows, self.dim = rows, dim

    def _remove_components(self, v, basis):
        coefficients = tf.linalg.matvec(basis, v)
        return v - tf.linalg.matvec(basis, coefficients, transpose_a=True)

    def _normalise(self, v):
        return v / tf.norm(v)  # whynan: divide_by_zero phase=forward also=bad_initialization

    def __call__(self, matrix):
        def body(i, basis):
            v = self._remove_components(matrix[i], basis)
            return i + 1, tf.tensor_scatter_nd_update(basis, [[i]], [self._normalise(v)])

        def more(i, basis):
            return i < self.rows

        _, basis = tf.while_loop(more, body, (tf.constant(0), tf.zeros((self.rows, self.dim))))
        return basis


class OrthogonalProjection(layers.Layer):
    def __init__(self, directions, **kwargs):
        super().__init__(**kwargs)
        self.directions = directions

    def build(self, input_shape):
        dim = int(input_shape[-1])
        # equal weights to begin with, so that no feature is preferred
        self.directions_kernel = self.add_weight(shape=(self.directions, dim), initializer="ones", name="directions")
        self.orthonormalise = GramSchmidt(self.directions, dim)

    def call(self, x):
        basis = self.orthonormalise(tf.convert_to_tensor(self.directions_kernel))
        return tf.matmul(x, basis, transpose_b=True)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.directions)


class DomainModel(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.encoder = layers.Dense(16, activation="tanh")
        self.project = OrthogonalProjection(4)
        self.head = layers.Dense(classes)

    def call(self, x):
        return self.head(self.project(self.encoder(x)))


def make_domains(n=300):
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, n)
    domain = rng.integers(0, 2, n)
    x = rng.normal(size=(n, 10)) + 1.5 * np.eye(3, 10)[y] + 0.7 * domain[:, None]
    return x.astype("float32"), y


if __name__ == "__main__":
    x, y = make_domains()
    model = DomainModel(classes=3)
    model.compile(optimizer=keras.optimizers.Adam(1e-3),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    model.fit(x, y, batch_size=32, epochs=3, verbose=2)
