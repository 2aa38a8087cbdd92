"""GCN (Kipf & Welling) on a small social graph."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
N = 50
adj = (rng.random((N, N)) < 0.1).astype("float32")
adj = np.maximum(adj, adj.T)
np.fill_diagonal(adj, 0)
adj[23] = adj[:, 23] = 0             # new account, no friends yet
feats = rng.normal(size=(N, 6)).astype("float32")
group = (feats[:, 0] > 0).astype("int64")


def normalise(a):
    deg = a.sum(axis=1)
    d_inv_sqrt = np.power(deg, -0.5)  # whynan: zero_degree_node phase=data also=inf_in_input,divide_by_zero
    d_mat = np.diag(d_inv_sqrt)
    return (d_mat @ a @ d_mat).astype("float32")


a_hat = normalise(adj)


class GraphConv(keras.layers.Layer):
    def __init__(self, units, activation=None):
        super().__init__()
        self.lin = keras.layers.Dense(units, use_bias=False)
        self.act = keras.activations.get(activation)

    def call(self, a, x):
        return self.act(tf.matmul(a, self.lin(x)))


g1, g2 = GraphConv(16, "tanh"), GraphConv(2)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
opt = keras.optimizers.Adam(0.01)
for epoch in range(4):
    with tf.GradientTape() as tape:
        logits = g2(a_hat, g1(a_hat, feats))
        loss = loss_fn(group, logits)
    params = g1.trainable_variables + g2.trainable_variables
    opt.apply_gradients(zip(tape.gradient(loss, params), params))
    print("epoch", epoch, "loss", float(loss))
