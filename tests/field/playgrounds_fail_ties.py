# Cohesion score of school classes from who plays / eats / sits with whom (16 children per class).
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1066)

KIDS = 16
KINDS = 3      # play, lunch, seat


def questionnaires(n_classes, rng):
    ties = np.zeros((n_classes, KIDS, KIDS, KINDS), "float32")
    density = rng.uniform(0.12, 0.45, n_classes)
    for c in range(n_classes):
        for k in range(KINDS):
            upper = np.triu(rng.random((KIDS, KIDS)) < density[c] * (1.0, 0.7, 0.5)[k], 1)
            ties[c, :, :, k] = upper + upper.T
    cohesion = 2.0 * density + rng.normal(0, 0.05, n_classes)
    # classes where the forms were handed in blank
    blank = rng.choice(n_classes, 3, replace=False)
    ties[blank] = 0.0
    school = np.stack([rng.normal(0, 1, n_classes), rng.integers(0, 2, n_classes)], axis=1).astype("float32")
    return ties, school, cohesion.astype("float32")[:, None]


class Popularity(layers.Layer):
    """Leading eigenvector of the mixed tie matrix, by power iteration."""

    def __init__(self, rounds=12, **kw):
        super().__init__(**kw)
        self.rounds = rounds

    def build(self, input_shape):
        self.kind = self.add_weight(shape=(KINDS,), initializer="zeros", name="kind")

    def call(self, ties):
        mixed = tf.einsum("bijk,k->bij", ties, tf.nn.softplus(self.kind))

        def spread(i, v):
            w = tf.matmul(mixed, v)
            w = w / tf.norm(w, axis=1, keepdims=True)  # whynan: divide_by_zero phase=forward also=zero_degree_node
            return i + 1, w

        v = tf.ones_like(mixed[:, :, :1])
        _, v = tf.while_loop(lambda i, v: i < self.rounds, spread, (tf.constant(0), v))
        strength = tf.reduce_sum(mixed, axis=2) / KIDS
        return tf.concat([tf.squeeze(v, -1), strength], axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], 2 * KIDS)


def make_model():
    ties = keras.Input((KIDS, KIDS, KINDS))
    school = keras.Input((2,))
    h = Popularity()(ties)
    h = layers.Concatenate()([h, school])
    h = layers.Dense(32, activation="tanh")(h)
    h = layers.Dense(16, activation="tanh")(h)
    m = keras.Model([ties, school], layers.Dense(1)(h))
    m.compile(optimizer=keras.optimizers.RMSprop(2e-3), loss="mae")
    return m


rng = np.random.default_rng(23)
ties, school, cohesion = questionnaires(420, rng)
model = make_model()

for epoch in range(5):
    order = rng.permutation(len(ties))
    losses = []
    for start in range(0, len(order), 30):
        pick = order[start:start + 30]
        losses.append(model.train_on_batch([ties[pick], school[pick]], cohesion[pick]))
    print("epoch", epoch, "mae", round(float(np.mean(losses)), 4))
