"""Covariance pooling with a differentiable eigendecomposition (matrix back-propagation, own gradient)."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(10)
rng = np.random.default_rng(10)
D = 4
sets = rng.normal(size=(96, 30, D)).astype("float32") * np.array([2.0, 1.0, 0.5, 0.2], "float32")
kind = rng.integers(0, 2, 96)
sets[kind == 1, :, 0] *= 1.5
sets[90] = 0.0                  # padding set


@tf.custom_gradient
def eigen(s):
    lam, vec = tf.linalg.eigh(s)

    def grad(d_lam, d_vec):
        gap = lam[:, None, :] - lam[:, :, None]
        off = 1.0 - tf.eye(D)
        k = off / (gap + tf.eye(D))  # whynan: degenerate_eigenvalues phase=gradient rows=90 also=divide_by_zero,wrong_custom_gradient
        vt = tf.linalg.matrix_transpose(vec)
        inner = k * tf.matmul(vt, d_vec) + tf.linalg.diag(d_lam)
        return tf.matmul(vec, tf.matmul(inner, vt))

    return (lam, vec), grad


class LogCov(keras.layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(D, D), initializer="identity")

    def call(self, x):
        z = tf.matmul(x, self.w)
        z -= tf.reduce_mean(z, axis=1, keepdims=True)
        cov = tf.matmul(z, z, transpose_a=True) / 30.0
        lam, vec = eigen(cov)
        log_cov = tf.matmul(vec * tf.math.log(tf.maximum(lam, 0.0) + 1e-4)[:, None, :], vec, transpose_b=True)
        return tf.reshape(log_cov, (-1, D * D))


net = keras.Sequential([keras.Input((30, D)), LogCov(), keras.layers.Dense(1, activation="sigmoid")])
net.compile("adam", "binary_crossentropy")
net.fit(sets, kind.astype("float32")[:, None], batch_size=24, epochs=1, shuffle=False, verbose=2)
print(net.layers[0].w.numpy())
