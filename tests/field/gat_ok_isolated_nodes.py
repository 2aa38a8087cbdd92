"""Graph attention with a softmax per target node, symmetric degree scaling and a few isolated nodes."""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(33)


def citation_like(n=90, seed=0):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 3, n)
    same = label[:, None] == label[None]
    adj = rng.random((n, n)) < np.where(same, 0.10, 0.01)
    adj = np.triu(adj, 1)
    adj = adj | adj.T
    adj[[4, 50, 77]] = False
    adj[:, [4, 50, 77]] = False
    x = np.eye(3)[label] + rng.normal(size=(n, 3))
    return x.astype("float32"), label, np.argwhere(adj).astype("int32")


def segment_softmax(score, segment, n):
    peak = tf.stop_gradient(tf.math.unsorted_segment_max(score, segment, n))   # -3.4e38 for empty segments
    e = tf.exp(score - tf.gather(peak, segment))
    total = tf.math.unsorted_segment_sum(e, segment, n)
    return e / tf.gather(total, segment)


class GATLayer(layers.Layer):
    def __init__(self, units, edges, n, **kw):
        super().__init__(**kw)
        self.src, self.dst, self.n = tf.constant(edges[:, 0]), tf.constant(edges[:, 1]), n
        degree = tf.math.unsorted_segment_sum(tf.ones([len(edges)]), self.dst, n)
        self.inv_sqrt_degree = tf.pow(degree, -0.5)          # inf for a node without edges
        self.proj = layers.Dense(units, use_bias=False)
        self.loop = layers.Dense(units)
        self.att_src, self.att_dst = layers.Dense(1, use_bias=False), layers.Dense(1, use_bias=False)

    def call(self, x):
        h = self.proj(x)
        score = tf.gather(self.att_src(h), self.src) + tf.gather(self.att_dst(h), self.dst)
        alpha = segment_softmax(tf.nn.leaky_relu(score[:, 0]), self.dst, self.n)
        norm = tf.gather(self.inv_sqrt_degree, self.src) * tf.gather(self.inv_sqrt_degree, self.dst)
        weight = alpha + 0.5 * norm
        neighbours = tf.math.unsorted_segment_sum(weight[:, None] * tf.gather(h, self.src), self.dst, self.n)
        return neighbours + self.loop(x)


class GAT(keras.Model):
    def __init__(self, edges, n):
        super().__init__()
        self.g1, self.g2 = GATLayer(12, edges, n), GATLayer(3, edges, n)

    def call(self, x):
        return self.g2(tf.nn.elu(self.g1(x)))


x, label, edges = citation_like()
model = GAT(edges, len(x))
opt = keras.optimizers.Adam(1e-2)
model(x)
opt.build(model.trainable_variables)
train_idx = tf.constant(np.arange(0, len(x), 2), tf.int32)


@tf.function
def step():
    with tf.GradientTape() as tape:
        logits = tf.gather(model(x), train_idx)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.gather(tf.constant(label), train_idx), logits=logits))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


for epoch in range(60):
    loss = step()
    if epoch % 20 == 0:
        print(epoch, float(loss))
