"""GraphSAGE regression on a sensor network, edges from a distance threshold."""
import numpy as np
import tensorflow as tf
import keras
from scipy.spatial.distance import cdist

keras.utils.set_random_seed(5)


def load_stations(n=80, seed=0):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 4, (n, 2))
    xy[17] = (31.0, 12.0)          # the island station
    feats = np.concatenate([xy / 10, rng.normal(size=(n, 4))], 1)
    target = np.sin(xy[:, :1]) + 0.1 * rng.normal(size=(n, 1))
    return xy, feats.astype("float32"), target.astype("float32")


class StationGraph:
    def __init__(self, xy, radius):
        d = cdist(xy, xy)
        src, dst = np.nonzero((d < radius) & (d > 0))
        self.src, self.dst = tf.constant(src, tf.int32), tf.constant(dst, tf.int32)
        self.n = len(xy)

    def scatter(self, edge_values):
        return tf.math.unsorted_segment_sum(edge_values, self.dst, self.n)

    def in_degree(self):
        return self.scatter(tf.ones_like(self.dst, tf.float32))


class MeanAggregator(keras.layers.Layer):
    def __init__(self, graph, **kw):
        super().__init__(**kw)
        self.graph = graph

    def call(self, h):
        messages = tf.gather(h, self.graph.src)
        total = self.graph.scatter(messages)
        return total / self.graph.in_degree()[:, None]  # whynan: zero_degree_node phase=forward also=divide_by_zero


class SAGELayer(keras.layers.Layer):
    def __init__(self, units, graph, activation=None, **kw):
        super().__init__(**kw)
        self.aggregate = MeanAggregator(graph)
        self.self_proj = keras.layers.Dense(units)
        self.neigh_proj = keras.layers.Dense(units, use_bias=False)
        self.act = keras.activations.get(activation)

    def call(self, h):
        return self.act(self.self_proj(h) + self.neigh_proj(self.aggregate(h)))


class SAGE(keras.Model):
    def __init__(self, graph):
        super().__init__()
        self.blocks = [SAGELayer(16, graph, "elu"), SAGELayer(16, graph, "elu")]
        self.readout = keras.layers.Dense(1)

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.readout(x)


xy, x, y = load_stations()
graph = StationGraph(xy, radius=0.9)
model = SAGE(graph)
opt = keras.optimizers.Adam(5e-3)
train = np.arange(len(x)) % 5 != 0


def train_epoch():
    with tf.GradientTape() as tape:
        pred = model(x, training=True)
        loss = tf.reduce_mean(tf.square(tf.boolean_mask(pred - y, train)))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


for epoch in range(20):
    loss = train_epoch()
    if epoch % 5 == 0:
        print("epoch", epoch, "mse", float(loss))
