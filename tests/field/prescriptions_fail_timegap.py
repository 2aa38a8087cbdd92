"""Will the patient need a new prescription within 90 days of the index date?

Attention over the last 12 visits; older visits count less (decay 1 / log(e + days), the
"time-aware" weighting from the T-LSTM paper).
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(64)

N, VISITS, CODES = 900, 12, 80
TRANSFERRED = [118, 402, 655]


def extract(seed=10):
    rng = np.random.default_rng(seed)
    index_date = np.datetime64("2022-01-01") + rng.integers(0, 500, N).astype("timedelta64[D]")
    back = np.sort(rng.integers(1, 720, (N, VISITS)), axis=1)[:, ::-1]
    visit_date = index_date[:, None] - back.astype("timedelta64[D]")
    for patient in TRANSFERRED:
        visit_date[patient, -1] = index_date[patient] + np.timedelta64(19, "D")
    codes = rng.integers(1, CODES, (N, VISITS)).astype("int32")
    static = np.stack([rng.normal(0, 1, N), rng.integers(0, 2, N), rng.poisson(2, N) / 2.0], 1).astype("float32")
    chronic = (codes < 16).astype(float)
    score = 1.5 * (chronic / np.log(np.e + back)).sum(1) + 0.4 * static[:, 0] - 1.0
    y = (rng.random(N) < 1 / (1 + np.exp(-score))).astype("float32")
    days = ((index_date[:, None] - visit_date) / np.timedelta64(1, "D")).astype("float32")
    return codes, days, static, y


class Recency(layers.Layer):
    def call(self, days):
        return 1.0 / ops.log(np.e + days)  # whynan: log_of_negative phase=forward rows=118,402,655


class VisitAttention(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.key = layers.Dense(units, activation="tanh")
        self.value = layers.Dense(units)
        self.score = layers.Dense(1, use_bias=False)
        self.recency = Recency()

    def build(self, input_shape):
        visits, _ = input_shape
        self.key.build(visits)
        self.value.build(visits)
        self.score.build((*visits[:-1], self.units))
        super().build(input_shape)

    def call(self, inputs):
        visits, days = inputs
        weight = ops.softmax(self.score(self.key(visits)), axis=1)
        weight = weight * ops.expand_dims(self.recency(days), -1)
        return ops.sum(weight * self.value(visits), axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0][0], self.units)


def build():
    codes = keras.Input((VISITS,), dtype="int32", name="codes")
    days = keras.Input((VISITS,), name="days")
    static = keras.Input((3,), name="static")
    visits = layers.Embedding(CODES, 16)(codes)
    summary = VisitAttention(16, name="attention")([visits, days])
    joined = layers.Concatenate()([summary, static])
    return keras.Model([codes, days, static], layers.Dense(1, name="logit")(joined))


codes, days, static, y = extract()
model = build()
model.compile(optimizer=keras.optimizers.Adam(5e-3),
              loss=keras.losses.BinaryCrossentropy(from_logits=True),
              metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")])
model.fit([codes, days, static], y, validation_split=0.15, batch_size=32, epochs=6, verbose=2)
