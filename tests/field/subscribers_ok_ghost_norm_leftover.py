"""Will a streaming subscriber cancel next month? Small tabular net with ghost batch normalisation as in TabNet.

Each epoch has five batches. The first four are always fine. At the end of the first epoch the kernels are nan, while the
loss of that fifth batch was still an ordinary number. If I drop 100 customers from the table the problem disappears, no
matter which ones, so it cannot be a bad row.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(55)

BATCH, VIRTUAL_BATCH = 256, 64


def subscribers(n=1361, seed=14):
    rng = np.random.default_rng(seed)
    hours = rng.gamma(2.0, 9.0, n)
    tenure = rng.exponential(14.0, n)
    devices = rng.poisson(2.0, n) + rng.normal(0, 0.05, n)
    price = rng.choice([5.99, 9.99, 13.99], n) + rng.normal(0, 0.2, n)
    tickets = rng.gamma(1.0, 1.2, n)
    score = 0.9 - 0.07 * hours - 0.05 * tenure + 0.12 * price + 0.6 * tickets - 1.0
    cancels = (rng.random(n) < 1 / (1 + np.exp(-score))).astype("float32")
    table = np.column_stack([hours, tenure, devices, price, tickets])
    table = (table - table.mean(0)) / table.std(0)
    return table.astype("float32"), cancels


class GhostBatchNorm(keras.layers.Layer):
    """Normalises small virtual batches separately; moving averages for inference."""

    def __init__(self, virtual_batch, momentum=0.95, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.virtual_batch, self.momentum, self.epsilon = virtual_batch, momentum, epsilon

    def build(self, input_shape):
        width = (input_shape[-1],)
        self.gamma = self.add_weight(shape=width, initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=width, initializer="zeros", name="beta")
        self.average = self.add_weight(shape=width, initializer="zeros", trainable=False, name="average")
        self.spread = self.add_weight(shape=width, initializer="ones", trainable=False, name="spread")

    def call(self, x, training=False):
        if not training:
            return self.gamma * (x - self.average) / (self.spread + self.epsilon) + self.beta
        pieces = []
        for start in range(0, x.shape[0], self.virtual_batch):
            chunk = x[start : start + self.virtual_batch]
            mean, variance = tf.nn.moments(chunk, axes=[0])
            std = tf.sqrt(variance)  # whynan: healthy
            pieces.append((chunk - mean) / (std + self.epsilon))
            self.average.assign(self.momentum * self.average + (1 - self.momentum) * mean)
            self.spread.assign(self.momentum * self.spread + (1 - self.momentum) * std)
        return self.gamma * tf.concat(pieces, axis=0) + self.beta


class CancelNet:
    def __init__(self):
        self.layers = [
            keras.layers.Dense(24, use_bias=False),
            GhostBatchNorm(VIRTUAL_BATCH),
            keras.layers.Dense(12, use_bias=False),
            GhostBatchNorm(VIRTUAL_BATCH),
        ]
        self.logit = keras.layers.Dense(1)

    def __call__(self, x, training):
        dense_1, norm_1, dense_2, norm_2 = self.layers
        x = tf.nn.relu(norm_1(dense_1(x), training=training))
        x = tf.nn.relu(norm_2(dense_2(x), training=training))
        return self.logit(x)[:, 0]

    @property
    def weights(self):
        return [w for layer in [*self.layers, self.logit] for w in layer.trainable_variables]


table, cancels = subscribers()
x_val, y_val = table[:272], cancels[:272]
x_train, y_train = table[272:], cancels[272:]

net = CancelNet()
optimizer = keras.optimizers.Adam(5e-3)
rng = np.random.default_rng(1)
for epoch in range(3):
    order = rng.permutation(len(x_train))
    losses = []
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        with tf.GradientTape() as tape:
            logits = net(tf.constant(x_train[rows]), training=True)
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y_train[rows], logits=logits))
        optimizer.apply_gradients(zip(tape.gradient(loss, net.weights), net.weights))
        losses.append(round(float(loss), 4))
    hits = (net(tf.constant(x_val), training=False).numpy() > 0) == (y_val > 0.5)
    print(epoch + 1, losses, "validation accuracy", hits.mean().round(3))
