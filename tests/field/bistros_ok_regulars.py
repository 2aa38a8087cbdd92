"""Will a guest of the bistro come back this month? Attention over up to 8 earlier visits, padded with zeros."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(55)
MAX_VISITS = 8


def guests(n=1500, seed=6):
    r = np.random.default_rng(seed)
    n_visits = r.integers(1, MAX_VISITS + 1, n)
    n_visits[r.random(n) < 0.3] = 1
    there = np.arange(MAX_VISITS)[None, :] < n_visits[:, None]
    spend = r.lognormal(3.3, 0.6, (n, MAX_VISITS))
    spend[r.random((n, MAX_VISITS)) < 0.05] = 0.0        # invitations, vouchers
    days_ago = np.sort(r.uniform(1, 300, (n, MAX_VISITS)), axis=1)
    spend, days_ago = spend * there, days_ago * there
    score = 0.5 * (n_visits - 3) - days_ago[:, 0] / 60 + 0.02 * spend.max(1)
    back = (r.random(n) < 1 / (1 + np.exp(-score))).astype("float32")
    return spend.astype("float32"), days_ago.astype("float32"), there, back


class VisitFeatures(layers.Layer):
    def call(self, spend, days_ago):
        log_spend = ops.where(spend > 0, ops.log(spend), 0.0)
        recency = ops.where(days_ago > 0, 30.0 / days_ago, 0.0)
        return ops.stack([log_spend, ops.minimum(recency, 5.0), days_ago / 300.0], axis=-1)


class VisitAttention(layers.Layer):
    """Weighted mean of the visits; a small bonus keeps the weights from collapsing on one visit."""

    def __init__(self, units=16, bonus=0.01, **kwargs):
        super().__init__(**kwargs)
        self.bonus = bonus
        self.hidden = layers.Dense(units, activation="tanh")
        self.score = layers.Dense(1)

    def build(self, features_shape, there_shape):
        self.hidden.build(features_shape)
        self.score.build((*features_shape[:-1], self.hidden.units))

    def call(self, features, there):
        h = self.hidden(features)
        scores = ops.squeeze(self.score(h), axis=-1)
        weights = ops.softmax(ops.where(there, scores, float("-inf")), axis=-1)
        entropy = -tf.reduce_sum(tf.math.xlogy(weights, weights), axis=-1)
        self.add_loss(-self.bonus * tf.reduce_mean(entropy))
        return ops.sum(weights[..., None] * h, axis=1)


spend, days_ago, there, back = guests()

spend_in = keras.Input((MAX_VISITS,), name="spend")
days_in = keras.Input((MAX_VISITS,), name="days")
there_in = keras.Input((MAX_VISITS,), dtype="bool", name="there")
feats = VisitFeatures()(spend_in, days_in)
summary = VisitAttention()(feats, there_in)
count = layers.Lambda(lambda m: ops.sum(ops.cast(m, "float32"), axis=1, keepdims=True) / MAX_VISITS,
                      output_shape=(1,))(there_in)
x = layers.Concatenate()([summary, count])
x = layers.Dense(16, activation="relu")(x)
prob = layers.Dense(1, activation="sigmoid")(x)

model = keras.Model([spend_in, days_in, there_in], prob)
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="binary_crossentropy", metrics=["accuracy"])
log = model.fit([spend, days_ago, there], back, batch_size=64, epochs=6, verbose=2)  # whynan: healthy
print("loss went from %.3f to %.3f" % (log.history["loss"][0], log.history["loss"][-1]))
