# Multiple instance learning with sparse attention. I already guard the entropy with tf.where, still NaN weights!!
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

BAGS, INSTANCES, DIM = 200, 12, 10
bags = rng.normal(size=(BAGS, INSTANCES, DIM)).astype("float32")
labels = (bags[:, :, 0].max(axis=1) > 1.5).astype("float32")[:, None]


def entropy(w):
    """sum of -w log w, with the convention 0 log 0 = 0"""
    plogp = w * tf.math.log(w)  # whynan: where_gradient_trap phase=gradient also=log_of_zero
    plogp = tf.where(w > 0.0, plogp, tf.zeros_like(w))
    return -tf.reduce_sum(plogp, axis=-1)


class SparseAttentionPool(layers.Layer):
    def __init__(self, units=16, entropy_weight=1e-2, **kwargs):
        super().__init__(**kwargs)
        self.hidden = layers.Dense(units, activation="tanh")
        self.scorer = layers.Dense(1)
        self.entropy_weight = entropy_weight

    def call(self, bag):
        score = tf.squeeze(self.scorer(self.hidden(bag)), axis=-1)
        gate = tf.nn.relu(score)  # many instances get exactly zero attention
        weights = gate / (tf.reduce_sum(gate, axis=-1, keepdims=True) + 1e-6)
        self.add_loss(self.entropy_weight * tf.reduce_mean(entropy(weights)))
        return tf.einsum("bi,bid->bd", weights, bag)


class MILClassifier(keras.Model):
    def __init__(self):
        super().__init__()
        self.pool = SparseAttentionPool()
        self.out = layers.Dense(1, activation="sigmoid")

    def call(self, x):
        return self.out(self.pool(x))


mil = MILClassifier()
mil.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
mil.fit(bags, labels, batch_size=20, epochs=3, verbose=2)
