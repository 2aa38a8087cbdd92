"""GCN on a small citation network with DropEdge (Rong et al. 2020). Trains without DropEdge; every node has a citation."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(47)


class CitationNetwork:
    """Preferential attachment: a new paper cites one or two of the earlier ones."""

    def __init__(self, papers=240, topics=4, seed=0):
        rng = np.random.default_rng(seed)
        self.topic = rng.integers(0, topics, papers)
        pairs, pool = [(1, 0)], [0, 1]
        for paper in range(2, papers):
            for cited in set(rng.choice(pool, size=rng.integers(1, 3)).tolist()):
                pairs.append((paper, cited))
                pool += [paper, cited]
        self.pairs = np.array(pairs, "int32")
        words = np.eye(topics)[self.topic] @ rng.normal(size=(topics, 40)) * 0.6
        self.words = (words + rng.normal(size=(papers, 40))).astype("float32")
        self.train = rng.permutation(papers)[:160]
        degree = np.bincount(self.pairs.ravel(), minlength=papers)
        assert degree.min() > 0, "isolated paper"


def both_directions(pairs):
    return tf.concat([pairs, tf.reverse(pairs, axis=[1])], axis=0)


def drop_edges(pairs, rate):
    """Each undirected edge is kept with probability 1 - rate."""
    keep = tf.random.uniform([tf.shape(pairs)[0]]) >= rate
    return tf.boolean_mask(pairs, keep)


class GraphConvolution(keras.layers.Layer):
    """D^-1/2 A D^-1/2 X W, the degrees are those of the edges that are handed in."""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.dense = keras.layers.Dense(units, use_bias=False)
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.dense.build(input_shape[0])

    @staticmethod
    def normaliser(target, nodes):
        degree = tf.math.unsorted_segment_sum(tf.ones_like(target, tf.float32), target, nodes)
        return tf.math.rsqrt(degree)[:, None]  # whynan: zero_degree_node phase=forward also=divide_by_zero

    def call(self, inputs):
        x, edges = inputs
        nodes = tf.shape(x)[0]
        source, target = edges[:, 0], edges[:, 1]
        scale = self.normaliser(target, nodes)
        messages = tf.gather(self.dense(x) * scale, source)
        return self.activation(scale * tf.math.unsorted_segment_sum(messages, target, nodes))


class GCN(keras.Model):
    def __init__(self, topics, drop_edge, **kwargs):
        super().__init__(**kwargs)
        self.drop_edge = drop_edge
        self.first = GraphConvolution(32, "tanh")
        self.second = GraphConvolution(topics)
        self.dropout = keras.layers.Dropout(0.3)

    def call(self, inputs, training=False):
        words, pairs = inputs
        if training and self.drop_edge > 0:
            pairs = drop_edges(pairs, self.drop_edge)
        edges = both_directions(pairs)
        h = self.first((words, edges))
        return self.second((self.dropout(h, training=training), edges))


network = CitationNetwork()
words, pairs = tf.constant(network.words), tf.constant(network.pairs)
train = tf.constant(network.train)
labels = tf.constant(network.topic[network.train])

for drop_edge in (0.0, 0.2):
    model = GCN(topics=4, drop_edge=drop_edge)
    model((words, pairs))  # creates the weights
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def epoch():
        with tf.GradientTape() as tape:
            logits = model((words, pairs), training=True)
            loss = loss_fn(labels, tf.gather(logits, train))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    losses = [float(epoch()) for _ in range(40)]
    print(f"DropEdge {drop_edge}: first {losses[0]:.3f} last {losses[-1]:.3f}")
