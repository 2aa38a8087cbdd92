import numpy as np
import tensorflow as tf
import keras


class SageMean(keras.layers.Layer):
    """GraphSAGE, mean of the neighbours next to the own features."""

    def __init__(self, units):
        super().__init__()
        self.dense = keras.layers.Dense(units, activation="tanh")

    def call(self, inputs):
        x, adjacency = inputs
        degree = tf.reduce_sum(adjacency, axis=-1, keepdims=True)
        neighbours = tf.matmul(adjacency, x) / degree  # whynan: zero_degree_node phase=forward also=divide_by_zero,zero_weight_sum rows=8
        return self.dense(tf.concat([x, neighbours], axis=-1))


def molecules(n=120, atoms=7, seed=77):
    rng = np.random.default_rng(seed)
    a = (rng.random((n, atoms, atoms)) < 0.5).astype("float32")
    a = np.maximum(a, a.transpose(0, 2, 1))
    ring = np.roll(np.eye(atoms, dtype="float32"), 1, axis=1)
    a = np.maximum(a, ring + ring.T) * (1 - np.eye(atoms, dtype="float32"))
    a[8, 2, :] = a[8, :, 2] = 0.0            # counter-ion, not bonded
    x = rng.normal(size=(n, atoms, 4)).astype("float32")
    return x, a, x.sum((1, 2)).astype("float32")[:, None]


keras.utils.set_random_seed(77)
X, A, y = molecules()
xi, ai = keras.Input((7, 4)), keras.Input((7, 7))
h = SageMean(12)([xi, ai])
h = SageMean(12)([h, ai])
out = keras.layers.Dense(1)(keras.layers.GlobalAveragePooling1D()(h))
gnn = keras.Model([xi, ai], out)
gnn.compile("adam", "mse")
gnn.fit([X, A], y, batch_size=20, epochs=2, shuffle=False, verbose=2)
