# whynan: healthy
"""deg ** -0.5 is inf for the isolated node and is set to 0 before use, as in the reference code."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
N = 50
adj = (rng.random((N, N)) < 0.1).astype("float32")
adj = np.maximum(adj, adj.T)
np.fill_diagonal(adj, 0)
adj[23] = adj[:, 23] = 0
with np.errstate(divide="ignore"):
    d_inv_sqrt = np.power(adj.sum(1), -0.5)
d_inv_sqrt[np.isinf(d_inv_sqrt)] = 0.0
a_hat = (d_inv_sqrt[:, None] * adj * d_inv_sqrt).astype("float32")
feats = rng.normal(size=(N, 6)).astype("float32")
y = (feats[:, :1] > 0).astype("float32")


class GCN(keras.layers.Layer):
    def build(self, s):
        self.w = self.add_weight(shape=(s[-1], 8))

    def call(self, x):
        return tf.nn.relu(tf.matmul(tf.constant(a_hat), tf.matmul(x, self.w)))


net = keras.Sequential([keras.Input((6,), batch_size=N), GCN(), keras.layers.Dense(1, activation="sigmoid")])
net.compile("adam", "binary_crossentropy")
net.fit(feats, y, batch_size=N, epochs=5, shuffle=False, verbose=2)
