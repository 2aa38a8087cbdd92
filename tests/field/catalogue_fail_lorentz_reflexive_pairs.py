"""Embeds the category tree of a web shop in the hyperboloid (Lorentz) model, ranking loss as in Nickel and Kiela.

First printed loss is fine (about log of the number of candidates), the second is nan. Many vectors of the table are nan
after a single step, others are still good. The argument of acosh is kept above one.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(41)

NEGATIVES = 12
DIM = 5


def build_tree():
    """parent[i] of department / category / product nodes; node 0 is the root."""
    parent = [None]
    for _ in range(5):
        parent.append(0)
        department = len(parent) - 1
        for _ in range(6):
            parent.append(department)
            category = len(parent) - 1
            parent.extend([category] * 7)
    return parent


def transitive_closure(parent):
    pairs = []
    for node in range(len(parent)):
        ancestor = node
        while ancestor is not None:
            pairs.append((node, ancestor))
            ancestor = parent[ancestor]
    return np.array(pairs, dtype="int32")


def lift(x):
    """Time coordinate of a point from its space coordinates."""
    time = tf.sqrt(1.0 + tf.reduce_sum(tf.square(x), axis=-1, keepdims=True))
    return tf.concat([time, x], axis=-1)


def minkowski_dot(a, b):
    product = a * b
    return tf.reduce_sum(product[..., 1:], axis=-1) - product[..., 0]


def distance(a, b, eps=1e-8):
    return tf.acosh(tf.maximum(-minkowski_dot(a, b), 1.0 + eps))  # whynan: acosh_grad_at_one phase=gradient also=acos_grad_at_one,acos_domain,clip_misuse


class Ranker:
    def __init__(self, n_nodes):
        near_origin = keras.initializers.RandomUniform(-1e-3, 1e-3, seed=7)
        self.table = keras.layers.Embedding(n_nodes, DIM, embeddings_initializer=near_origin)
        self.table.build()
        self.optimizer = keras.optimizers.Adam(5e-3)
        self.optimizer.build(self.table.trainable_variables)

    @tf.function
    def step(self, child, candidates):
        with tf.GradientTape() as tape:
            u = lift(self.table(child))[:, None, :]
            v = lift(self.table(candidates))
            scores = -distance(u, v)
            labels = tf.zeros_like(child)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=scores))
        gradients = tape.gradient(loss, self.table.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.table.trainable_variables))
        return loss


parent = build_tree()
pairs = transitive_closure(parent)
ranker = Ranker(len(parent))
rng = np.random.default_rng(0)

for epoch in range(3):
    rng.shuffle(pairs)
    for start in range(0, len(pairs) - 64, 64):
        batch = pairs[start : start + 64]
        negatives = rng.integers(0, len(parent), (len(batch), NEGATIVES)).astype("int32")
        candidates = np.concatenate([batch[:, 1:], negatives], axis=1)
        loss = ranker.step(tf.constant(batch[:, 0]), tf.constant(candidates))
        if (start // 64) % 6 == 0:
            print(f"epoch {epoch}  pair {start:5d}  ranking loss {float(loss):.4f}")
