"""Self-attentive knowledge tracing: will the pupil solve the next exercise?

The query is the exercise at time t, keys and values are the interactions (exercise, answer) BEFORE t -
if t itself were visible the answer would leak. The first exercise isn't scored, nothing is known about the pupil yet.
First epoch prints a normal loss for one batch and then NaN.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(43)

SKILLS, LENGTH = 30, 24


class History(layers.Layer):
    """Multi-head attention over strictly earlier interactions."""

    def __init__(self, width, heads, **kwargs):
        super().__init__(**kwargs)
        self.width, self.heads = width, heads
        self.to_query = layers.Dense(width, use_bias=False)
        self.to_key = layers.Dense(width, use_bias=False)
        self.to_value = layers.Dense(width, use_bias=False)
        self.out = layers.Dense(width)

    def build(self, query_shape, interactions_shape):
        for dense in (self.to_query, self.to_key, self.to_value, self.out):
            dense.build(query_shape)

    def heads_first(self, x):
        x = ops.reshape(x, (-1, x.shape[1], self.heads, self.width // self.heads))
        return ops.transpose(x, (0, 2, 1, 3))

    def hide_present(self, scores):
        t = ops.arange(scores.shape[-1])
        earlier = ops.expand_dims(t, 0) < ops.expand_dims(t, 1)  # [query, key]
        return ops.where(earlier, scores, -np.inf)

    def attend(self, scores):
        return ops.softmax(self.hide_present(scores), axis=-1)  # whynan: softmax_all_masked phase=forward|gradient

    def call(self, query, interactions):
        q, k, v = (
            self.heads_first(f(x))
            for f, x in ((self.to_query, query), (self.to_key, interactions), (self.to_value, interactions))
        )
        scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) / (self.width / self.heads) ** 0.5
        mixed = ops.transpose(ops.matmul(self.attend(scores), v), (0, 2, 1, 3))
        return self.out(ops.reshape(mixed, (-1, mixed.shape[1], self.width)))


class ScoredPart(layers.Layer):
    """Leaves the first, unscored exercise out."""

    def call(self, logits):
        return logits[:, 1:]


def build_sakt(width=32):
    exercise = keras.Input((LENGTH,), dtype="int32", name="exercise")
    answer = keras.Input((LENGTH,), dtype="int32", name="answer")
    query = layers.Embedding(SKILLS, width, name="exercise_embedding")(exercise)
    interaction = layers.Embedding(2 * SKILLS, width, name="interaction_embedding")(exercise + SKILLS * answer)
    h = History(width, heads=4, name="history")(query, interaction)
    h = layers.LayerNormalization()(layers.Add()([h, query]))
    f = layers.Dense(2 * width, activation="gelu")(h)
    h = layers.LayerNormalization()(layers.Add()([h, layers.Dense(width)(f)]))
    logits = layers.Reshape((LENGTH,))(layers.Dense(1)(h))
    return keras.Model({"exercise": exercise, "answer": answer}, ScoredPart()(logits))


def simulate_pupils(n=1200, seed=5):
    rng = np.random.default_rng(seed)
    ability = rng.normal(0, 1, (n, 1))
    difficulty = rng.normal(0, 1, SKILLS)
    exercise = rng.integers(0, SKILLS, (n, LENGTH))
    practice = 0.05 * np.arange(LENGTH)
    p = 1 / (1 + np.exp(-(ability + practice - difficulty[exercise])))
    answer = rng.random((n, LENGTH)) < p
    return {"exercise": exercise.astype("int32"), "answer": answer.astype("int32")}


pupils = simulate_pupils()
model = build_sakt()
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
)
model.fit(pupils, pupils["answer"][:, 1:].astype("float32"), batch_size=64, epochs=2, verbose=2)
