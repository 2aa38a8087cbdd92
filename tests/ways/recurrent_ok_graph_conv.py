# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(75)
N = 60

edges = np.random.randint(0, N - 1, size=(180, 2))
edges = np.unique(np.vstack([edges, edges[:, ::-1]]), axis=0)
adj = tf.sparse.reorder(tf.SparseTensor(edges, np.ones(len(edges), "float32"), (N, N)))


def inverse_root_degree(a):
    degree = tf.sparse.reduce_sum(a, axis=1)
    inv = tf.pow(degree, -0.5)
    return tf.where(tf.math.is_inf(inv), 0.0, inv)[:, None]


class GraphConv(layers.Layer):
    def __init__(self, units, activation=None):
        super().__init__()
        self.lin = layers.Dense(units)
        self.act = keras.activations.get(activation)

    def call(self, h, scale):
        return self.act(scale * tf.sparse.sparse_dense_matmul(adj, scale * self.lin(h)))


g1, g2 = GraphConv(16, "tanh"), GraphConv(3)
scale = inverse_root_degree(adj)
feats = tf.random.normal((N, 8), seed=1)
target = tf.constant(np.random.randint(0, 3, N))
opt = keras.optimizers.Adam(0.01)
for epoch in range(5):
    with tf.GradientTape() as tape:
        logits = g2(g1(feats, scale), scale)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(target, logits, from_logits=True))
    weights = g1.trainable_variables + g2.trainable_variables
    opt.apply_gradients(zip(tape.gradient(loss, weights), weights))
    print(epoch, float(loss))
