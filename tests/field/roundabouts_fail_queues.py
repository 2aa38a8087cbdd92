"""Queue lengths at the roundabouts of a city, by message passing over the road graph.

A queue at one roundabout feels jams that are many roundabouts away, so we let the messages
travel far: ROUNDS hops, each with its own weights.
"""
import numpy as np
import keras
import tensorflow as tf
from sklearn.neighbors import kneighbors_graph

keras.utils.set_random_seed(1234)

N = 400
FEATS = 7
HIDDEN = 32
ROUNDS = 24


def make_city(n, seed=0):
    r = np.random.default_rng(seed)
    pos = r.uniform(0, 1, size=(n, 2))
    adj = kneighbors_graph(pos, n_neighbors=16, include_self=True).toarray()
    adj = np.maximum(adj, adj.T)
    feats = r.normal(size=(n, FEATS))
    centre = np.exp(-8 * ((pos - 0.5) ** 2).sum(1))
    neigh = adj @ feats[:, 0] / adj.sum(1)
    queue = 2 * centre + 0.8 * neigh + 0.3 * feats[:, 1] + 0.1 * r.normal(size=n)
    queue = (queue - queue.mean()) / queue.std()
    return adj.astype("float32"), feats.astype("float32"), queue.astype("float32")[:, None]


class MessagePassing(tf.Module):
    def __init__(self, rounds, hidden, name=None):
        super().__init__(name=name)
        glorot = keras.initializers.GlorotUniform(seed=7)
        init = lambda shape: tf.Variable(glorot(shape))
        self.w_in = init((FEATS, hidden))
        self.rounds = [init((hidden, hidden)) for _ in range(rounds)]
        self.w_out = init((hidden, 1))
        self.b_out = tf.Variable(tf.zeros((1,)))

    def __call__(self, adj, feats):
        h = tf.nn.relu(tf.matmul(feats, self.w_in))
        for w in self.rounds:
            msg = tf.matmul(adj, h)
            h = tf.nn.relu(tf.matmul(msg, w))
        return tf.matmul(h, self.w_out) + self.b_out


adj, feats, queue = make_city(N)
print("roads per roundabout: %.1f" % (adj.sum(1).mean() - 1))

split = np.random.default_rng(1).permutation(N)
train_idx = tf.constant(split[:300])
test_idx = tf.constant(split[300:])
adj, feats, queue = map(tf.constant, (adj, feats, queue))

net = MessagePassing(ROUNDS, HIDDEN)
opt = keras.optimizers.Adam(1e-3)
opt.build(net.trainable_variables)


@tf.function
def train_step():
    with tf.GradientTape() as tape:
        pred = tf.gather(net(adj, feats), train_idx)
        diff = pred - tf.gather(queue, train_idx)
        loss = tf.reduce_mean(tf.square(diff))  # whynan: exploding_gradient phase=loss
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


for it in range(60):
    value = train_step()
    if it % 10 == 0:
        print(f"iter {it:3d}  train mse {float(value):.4f}")

test = tf.gather(net(adj, feats), test_idx) - tf.gather(queue, test_idx)
print("test mae:", float(tf.reduce_mean(tf.abs(test))))
