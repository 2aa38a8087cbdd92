"""Ranking of the eight best hits of a library catalogue by the grades of the librarians (0 = useless ... 3 = perfect).

Pairwise loss, each pair counts as much as exchanging the two hits would change the NDCG. I get nan in the first epoch, for
every seed and also with a rate of 1e-6. With the plain pairwise loss (all pairs count one) the same model learns well.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(5)
HITS, FIELDS = 8, 6


def ndcg_table(queries, seed):
    rng = np.random.default_rng(seed)
    title_match = rng.beta(2, 3, (queries, HITS))
    subject_match = rng.beta(1.5, 3, (queries, HITS))
    age = rng.exponential(12.0, (queries, HITS))
    loans = rng.poisson(6.0, (queries, HITS))
    available = rng.random((queries, HITS)) < 0.7
    language = rng.random((queries, HITS)) < 0.85
    merit = 3.0 * title_match + 2.0 * subject_match - 0.03 * age + 0.05 * loans + 0.8 * language
    merit = merit + rng.normal(0, 0.3, merit.shape)
    grades = np.digitize(merit, np.quantile(merit, [0.45, 0.7, 0.9]))
    fields = np.stack([title_match, subject_match, age / 12, np.log1p(loans), available, language], axis=-1)
    return fields.astype("float32"), grades.astype("float32")


class NdcgPairLoss(keras.losses.Loss):
    def __init__(self, sharpness=1.0, name="ndcg_pairs"):
        super().__init__(name=name)
        self.sharpness = sharpness
        self.ideal_discount = (1.0 / np.log2(np.arange(2, HITS + 2))).astype("float32")

    def call(self, grades, scores):
        gains = ops.power(2.0, grades) - 1.0
        rank = ops.argsort(ops.argsort(-scores, axis=1), axis=1)
        discount = 1.0 / ops.log2(1.0 + ops.cast(rank, "float32"))  # whynan: divide_by_zero phase=loss|forward also=off_by_one
        best = ops.sum(ops.flip(ops.sort(gains, axis=1), axis=1) * self.ideal_discount, axis=1)
        exchange = (gains[:, :, None] - gains[:, None, :]) * (discount[:, :, None] - discount[:, None, :])
        weight = ops.stop_gradient(ops.abs(exchange) / (best[:, None, None] + 1e-6))
        better = ops.cast(grades[:, :, None] > grades[:, None, :], "float32")
        margin = self.sharpness * (scores[:, :, None] - scores[:, None, :])
        return ops.sum(better * weight * ops.softplus(-margin), axis=(1, 2))


def scorer():
    hits = keras.Input((HITS, FIELDS))
    h = layers.Dense(32, activation="swish")(hits)
    h = layers.Dense(16, activation="swish")(h)
    return keras.Model(hits, layers.Reshape((HITS,))(layers.Dense(1)(h)), name="scorer")


fields, grades = ndcg_table(900, seed=5)
data = tf.data.Dataset.from_tensor_slices((fields, grades)).shuffle(900, seed=5).batch(30).prefetch(1)
print("grades:", np.bincount(grades.astype(int).ravel()))

model = scorer()
model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss=NdcgPairLoss())
model.fit(data, epochs=4, verbose=2)
print("scores of the first query:", np.round(model.predict(fields[:1], verbose=0), 3))
