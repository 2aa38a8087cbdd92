"""Which clause makes a contract risky?  Sparse attention (1.5-entmax) over padded clauses.

Most attention weights are exactly 0.0, the threshold has a sqrt of something that is clamped to 0, padding is -1e9
squared and summed.  I wrote the derivative by hand.  Training looks all right, I would like a second opinion.
"""
import keras
import numpy as np
import tensorflow as tf

CONFIG = dict(max_clauses=12, width=16, units=32, epochs=12, batch=40, seed=23)
keras.utils.set_random_seed(CONFIG["seed"])


@tf.custom_gradient
def entmax15(scores):
    z = (scores - tf.reduce_max(scores, axis=-1, keepdims=True)) / 2.0
    ordered = tf.sort(z, axis=-1, direction="DESCENDING")
    rank = tf.range(1, scores.shape[-1] + 1, dtype=scores.dtype)
    mean = tf.cumsum(ordered, axis=-1) / rank
    scatter = tf.cumsum(tf.square(ordered), axis=-1) - rank * tf.square(mean)
    threshold = mean - tf.sqrt(tf.maximum((1.0 - scatter) / rank, 0.0))
    support = tf.reduce_sum(tf.cast(threshold <= ordered, tf.int32), axis=-1, keepdims=True)
    tau = tf.gather(threshold, support - 1, batch_dims=1)
    weights = tf.square(tf.maximum(z - tau, 0.0))

    def backward(upstream):
        root = tf.sqrt(weights)
        slope = upstream * root
        level = tf.reduce_sum(slope, axis=-1, keepdims=True) / tf.reduce_sum(root, axis=-1, keepdims=True)
        return slope - level * root

    return weights, backward


class ClauseAttention(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.hidden = keras.layers.Dense(units, activation="tanh")
        self.score = keras.layers.Dense(1)
        self.value = keras.layers.Dense(units, activation="relu")

    def build(self, clauses_shape, present_shape):
        self.hidden.build(clauses_shape)
        self.score.build((*clauses_shape[:-1], self.hidden.units))
        self.value.build(clauses_shape)

    def call(self, clauses, present):
        scores = tf.squeeze(self.score(self.hidden(clauses)), axis=-1)
        scores = tf.where(present, scores, -1e9)
        weights = entmax15(scores)
        return tf.einsum("bc,bcd->bd", weights, self.value(clauses)), weights


def contracts(count, cfg):
    rng = np.random.default_rng(cfg["seed"])
    vectors = rng.normal(0, 0.5, (count, cfg["max_clauses"], cfg["width"])).astype("float32")
    lengths = rng.integers(2, cfg["max_clauses"] + 1, count)
    present = np.arange(cfg["max_clauses"])[None] < lengths[:, None]
    penalty = np.zeros(cfg["width"], "float32")
    penalty[[2, 5, 11]] = (1.6, -1.4, 1.8)
    risky = rng.random(count) < 0.45
    for i in np.flatnonzero(risky):
        vectors[i, rng.integers(lengths[i])] += penalty
    vectors[~present] = 0.0
    return vectors, present, risky.astype("float32")[:, None]


clauses_in = keras.Input((CONFIG["max_clauses"], CONFIG["width"]), name="clauses")
present_in = keras.Input((CONFIG["max_clauses"],), dtype="bool", name="present")
pooled, attention = ClauseAttention(CONFIG["units"])(clauses_in, present_in)
risk = keras.layers.Dense(1, activation="sigmoid")(pooled)
model = keras.Model([clauses_in, present_in], risk)
explain = keras.Model([clauses_in, present_in], attention)

vectors, present, risky = contracts(1000, CONFIG)
model.compile(optimizer=keras.optimizers.Adam(4e-3),
              loss=keras.losses.BinaryCrossentropy(label_smoothing=0.05), metrics=["accuracy"])
model.fit([vectors, present], risky, epochs=CONFIG["epochs"], batch_size=CONFIG["batch"], verbose=2)
weights = explain.predict([vectors, present], verbose=0)
print(f"weights that are exactly zero: {np.mean(weights[present] == 0):.0%}, sums {weights.sum(-1).min():.4f} to "
      f"{weights.sum(-1).max():.4f}")  # whynan: healthy
