# whynan: healthy
"""The same GCN with self loops: no degree is zero."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
N = 50
adj = (rng.random((N, N)) < 0.1).astype("float32")
adj = np.maximum(adj, adj.T)
adj[23] = adj[:, 23] = 0
np.fill_diagonal(adj, 1)
d = np.diag(np.power(adj.sum(axis=1), -0.5))
a_hat = tf.constant((d @ adj @ d).astype("float32"))
feats = rng.normal(size=(N, 6)).astype("float32")
group = (feats[:, 0] > 0).astype("int64")
l1, l2 = keras.layers.Dense(16, use_bias=False), keras.layers.Dense(2, use_bias=False)
opt = keras.optimizers.Adam(0.01)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
for epoch in range(5):
    with tf.GradientTape() as tape:
        loss = loss_fn(group, a_hat @ l2(tf.nn.relu(a_hat @ l1(feats))))
    params = l1.trainable_variables + l2.trainable_variables
    opt.apply_gradients(zip(tape.gradient(loss, params), params))
    print(epoch, float(loss))
