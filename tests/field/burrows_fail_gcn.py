# Graph convolution on a rabbit warren: nodes are burrow entrances, edges are tunnels,
# the target is the number of emergences per night. Written without a graph library.

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)
rs = np.random.RandomState(8)

n_nodes, n_feat, hidden, depth = 300, 12, 128, 10

# warren layout
pos = rs.uniform(0, 100, (n_nodes, 2))
dist = np.sqrt(((pos[:, None] - pos[None]) ** 2).sum(-1))
A = ((dist < 9.0) & (dist > 0)).astype("float32")
A = A + np.eye(n_nodes, dtype="float32")
deg = A.sum(1)
A_hat = tf.constant(A / np.sqrt(deg[:, None] * deg[None, :]))
print("tunnels:", int((A.sum() - n_nodes) / 2), "mean degree:", deg.mean() - 1)

# features: soil, slope, cover, distance to pasture ...
feat = rs.normal(size=(n_nodes, n_feat))
feat = A @ feat / deg[:, None] + 0.5 * feat
feat = (feat - feat.mean(0)) / feat.std(0)
true_w = rs.normal(size=n_feat)
visits = feat @ true_w + 0.3 * (deg - deg.mean()) + rs.normal(0, 0.5, n_nodes)
visits = (visits - visits.mean()) / visits.std()

X = tf.constant(feat.astype("float32"))
Y = tf.constant(visits.astype("float32")[:, None])
train_mask = tf.constant(rs.rand(n_nodes) < 0.8)


def glim(n_in, n_out, name):
    return tf.Variable(tf.random.normal([n_in, n_out]), name=name)


sizes = [n_feat] + [hidden] * depth
weights = [glim(a, b, f"w{i}") for i, (a, b) in enumerate(zip(sizes[:-1], sizes[1:]))]
readout = glim(hidden, 1, "readout")
bias = tf.Variable(tf.zeros([1]), name="bias")
params = weights + [readout, bias]


def gcn(h):
    for w in weights:
        h = tf.nn.leaky_relu(A_hat @ (h @ w))  # whynan: bad_initialization phase=forward also=exploding_gradient
    return h @ readout + bias


def masked_mse(pred, mask):
    sq = tf.square(tf.boolean_mask(pred, mask) - tf.boolean_mask(Y, mask))
    return tf.reduce_mean(sq)


lr = 0.01
for epoch in range(60):
    with tf.GradientTape() as tape:
        out = gcn(X)
        loss = masked_mse(out, train_mask)
    grads = tape.gradient(loss, params)
    for p, g in zip(params, grads):
        p.assign_sub(lr * g)
    if epoch % 10 == 0:
        held_out = masked_mse(out, ~train_mask)
        print(f"epoch {epoch:3d}   train {loss.numpy():.4f}   held out {held_out.numpy():.4f}")

print("final:", masked_mse(gcn(X), ~train_mask).numpy())
