# whynan: healthy
"""Graph transformer with shortest-path bias (Graphormer) for the traffic of an island with ferries out of service.

The Floyd-Warshall matrix has inf between the islands. Max distance prints as inf, is that a problem? (it is not)
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)
ISLANDS = (26, 17, 1)  # the last one is a lighthouse without any road
N = sum(ISLANDS)


def floyd_warshall(w):
    d = w.copy()
    np.fill_diagonal(d, 0.0)
    for k in range(len(d)):
        d = np.minimum(d, d[:, k:k + 1] + d[k:k + 1, :])
    return d


def make_roads():
    w = np.full((N, N), np.inf)
    start = 0
    for size in ISLANDS:
        for i in range(start + 1, start + size):
            j = rng.integers(start, i)
            w[i, j] = w[j, i] = rng.uniform(0.5, 3.0)
        start += size
    return w


weights = make_roads()
dist = floyd_warshall(weights).astype("float32")
print("longest trip: %s km, mean trip: %s km" % (dist.max(), dist.mean()))
reachable = np.isfinite(dist)
features = rng.normal(size=(N, 6)).astype("float32")
closeness = np.exp(-dist / 2.0)  # exp(-inf) = 0
target = (closeness @ features[:, :1] / closeness.sum(1, keepdims=True)).astype("float32")


class PathAttention(keras.layers.Layer):
    def __init__(self, dim):
        super().__init__()
        self.q = keras.layers.Dense(dim, use_bias=False)
        self.k = keras.layers.Dense(dim, use_bias=False)
        self.v = keras.layers.Dense(dim)
        self.slope = self.add_weight(shape=(), initializer="zeros", name="slope")
        self.dim = dim

    def call(self, h, d):
        connected = tf.math.is_finite(d)
        km = tf.where(connected, d, tf.zeros_like(d))  # inf * slope would give NaN derivatives
        s = tf.matmul(self.q(h), self.k(h), transpose_b=True) / self.dim ** 0.5
        s = s - tf.nn.softplus(self.slope) * km
        s = tf.where(connected, s, -np.inf)  # the diagonal is always connected
        return tf.matmul(tf.nn.softmax(s), self.v(h))


class RoadNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.embed = keras.layers.Dense(16, activation="tanh")
        self.att = PathAttention(16)
        self.head = keras.layers.Dense(1)

    def call(self, h, d):
        z = self.embed(h)
        return self.head(z + self.att(z, d))


net = RoadNet()
opt = keras.optimizers.Adam(5e-3)
x, d, y = map(tf.constant, (features, dist, target))
for step in range(151):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(net(x, d) - y))
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    if step % 30 == 0:
        print(f"step {step:3d}  mse {float(loss):.5f}  slope {float(tf.nn.softplus(net.att.slope)):.3f}")
