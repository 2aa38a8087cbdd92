"""Graph net that predicts how busy a hiking area gets from its trail map.

Nodes are junctions and huts, every trail is stored once (pointing away from the trailhead).
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(63)
rng = np.random.default_rng(63)

FEATS = 4


def make_area():
    n = int(rng.integers(8, 20))
    feats = rng.normal(0, 1, (n, FEATS))
    feats[:, 0] = rng.random(n) < 0.2                       # hut
    edges = [(int(rng.integers(0, j)), j) for j in range(1, n)]
    for _ in range(rng.poisson(3.5)):                       # loops
        a, b = sorted(rng.choice(n, 2, replace=False))
        edges.append((int(a), int(b)))
    visitors = 0.8 * feats[:, 0].sum() + 0.15 * len(edges) + 0.5 * feats[:, 1].mean() + rng.normal(0, 0.2)
    return feats.astype("float32"), np.array(edges, "int32"), np.float32(visitors)


areas = [make_area() for _ in range(320)]
y_all = np.array([a[2] for a in areas])
y_mean, y_std = y_all.mean(), y_all.std()


class TrailConv(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.own = keras.layers.Dense(units)
        self.message = keras.layers.Dense(units, use_bias=False)

    def call(self, h, edges):
        n_nodes = tf.shape(h)[0]
        n_edges = tf.shape(edges)[0]
        inbox = tf.math.unsorted_segment_sum(tf.gather(h, edges[:, 0]), edges[:, 1], n_nodes)
        # divide by the mean degree of the map, so that dense and thin networks look alike
        inbox = inbox / tf.cast(n_edges // n_nodes, tf.float32)  # whynan: divide_by_zero phase=forward
        return tf.tanh(self.own(h) + self.message(inbox))


class AreaNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv1 = TrailConv(24)
        self.conv2 = TrailConv(24)
        self.hidden = keras.layers.Dense(16, activation="tanh")
        self.head = keras.layers.Dense(1)

    def call(self, feats, edges):
        h = self.conv1(feats, edges)
        h = self.conv2(h, edges)
        pooled = tf.concat([tf.reduce_mean(h, axis=0), tf.reduce_max(h, axis=0)], axis=0)
        return self.head(self.hidden(pooled[tf.newaxis, :]))[0, 0]


net = AreaNet()
net(tf.constant(areas[0][0]), tf.constant(areas[0][1]))
opt = keras.optimizers.Adam(2e-3)


@tf.function(input_signature=[
    tf.TensorSpec((None, FEATS), tf.float32),
    tf.TensorSpec((None, 2), tf.int32),
    tf.TensorSpec((), tf.float32),
])
def train_on_area(feats, edges, y):
    with tf.GradientTape() as tape:
        loss = tf.square(net(feats, edges) - y)
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


for epoch in range(5):
    total = 0.0
    for i in rng.permutation(len(areas)):
        feats, edges, visitors = areas[i]
        total += float(train_on_area(tf.constant(feats), tf.constant(edges), tf.constant((visitors - y_mean) / y_std)))
    print(f"epoch {epoch + 1}: mean squared error {total / len(areas):.4f}")
