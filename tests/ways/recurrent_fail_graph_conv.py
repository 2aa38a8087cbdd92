import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(75)
N = 60

edges = np.random.randint(0, N - 1, size=(180, 2))        # node 59 has no links
edges = np.unique(np.vstack([edges, edges[:, ::-1]]), axis=0)
adj = tf.sparse.reorder(tf.SparseTensor(edges, np.ones(len(edges), "float32"), (N, N)))


def normalise(a):
    degree = tf.sparse.reduce_sum(a, axis=1)
    inv = tf.pow(degree, -0.5)  # whynan: zero_degree_node phase=forward|data also=divide_by_zero,pow_domain
    return inv[:, None]


class GraphConv(layers.Layer):
    def __init__(self, units, activation=None):
        super().__init__()
        self.lin = layers.Dense(units)
        self.act = keras.activations.get(activation)

    def call(self, h, a):
        scale = normalise(a)
        return self.act(scale * tf.sparse.sparse_dense_matmul(a, scale * self.lin(h)))


class GCN(keras.Model):
    def __init__(self):
        super().__init__()
        self.g1, self.g2 = GraphConv(16, "tanh"), GraphConv(3)

    def call(self, h):
        return self.g2(self.g1(h, adj), adj)


feats = tf.random.normal((N, 8), seed=1)
target = tf.constant(np.random.randint(0, 3, N))
gcn, opt = GCN(), keras.optimizers.Adam(0.01)
for epoch in range(5):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(target, gcn(feats), from_logits=True))
    g = tape.gradient(loss, gcn.trainable_variables)
    opt.apply_gradients(zip(g, gcn.trainable_variables))
    print(epoch, float(loss))
