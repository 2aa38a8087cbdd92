"""Learned whitening. I wrote the eigen-decomposition gradient by hand (formula from the matrix backprop paper)."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(10)
rng = np.random.default_rng(10)


@tf.custom_gradient
def sym_eig(a):
    lam, vec = tf.linalg.eigh(a)

    def backward(d_lam, d_vec):
        gap = tf.expand_dims(lam, -2) - tf.expand_dims(lam, -1)
        k = tf.linalg.set_diag(1.0 / gap, tf.zeros_like(lam))  # whynan: degenerate_eigenvalues phase=gradient also=divide_by_zero
        inner = k * tf.matmul(vec, d_vec, transpose_a=True) + tf.linalg.diag(d_lam)
        d_a = tf.matmul(vec, tf.matmul(inner, vec, transpose_b=True))
        return 0.5 * (d_a + tf.transpose(d_a))

    return (lam, vec), backward


class MetricLayer(keras.layers.Layer):
    """x -> diag(sqrt(lam)) V^T x  with  V lam V^T = M M^T, M starts at the identity"""

    def build(self, shape):
        self.m = self.add_weight(shape=(shape[-1], shape[-1]), initializer=keras.initializers.Identity(), name="M")

    def call(self, x):
        spd = tf.matmul(self.m, self.m, transpose_b=True)
        lam, vec = sym_eig(spd)
        return tf.matmul(x, vec) * tf.sqrt(tf.maximum(lam, 1e-6))


X = rng.normal(size=(200, 5)).astype("float32")
X[:, 1] = X[:, 0] * 0.5 + X[:, 1]
y = rng.integers(0, 3, 200)

inputs = keras.Input((5,))
h = MetricLayer()(inputs)
h = keras.layers.Dense(16, activation="tanh")(h)
logits = keras.layers.Dense(3)(h)
model = keras.Model(inputs, logits)
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(X, y, batch_size=40, epochs=3, verbose=2)
