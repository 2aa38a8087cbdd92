"""Topic of short public notices, bag of token vectors, Adam.

The second-moment constant is derived from a half-life in tokens instead of being typed in, so that it does not
depend on the batch size. No error, no nan, the gradients are there: but the loss stays at 1.386 to the third digit for every epoch.
"""
# whynan: unstable
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(18)

SETTINGS = {
    "vocabulary": 400,
    "length": 12,
    "topics": 4,
    "batch": 16,
    "rate": 2e-3,
    "second_moment_half_life": 10e9,  # tokens
}


def notices(n, s):
    rng = np.random.default_rng(55)
    topic = rng.integers(0, s["topics"], n)
    common = rng.integers(1, s["vocabulary"] // 2, (n, s["length"]))
    block = s["vocabulary"] // (2 * s["topics"])
    own = s["vocabulary"] // 2 + topic[:, None] * block + rng.integers(0, block, (n, s["length"]))
    tokens = np.where(rng.random((n, s["length"])) < 0.35, own, common)
    return tokens.astype("int32"), topic.astype("int32")


def beta_from_half_life(half_life, tokens_per_step):
    return 0.5 ** (tokens_per_step / half_life)


def make_adam(s):
    beta_2 = beta_from_half_life(s["second_moment_half_life"], s["batch"] * s["length"])
    print("beta_2 =", beta_2)
    return keras.optimizers.Adam(learning_rate=s["rate"], beta_1=0.9, beta_2=beta_2)


class NoticeTopics(keras.Model):
    def __init__(self, s):
        super().__init__()
        self.vectors = layers.Embedding(s["vocabulary"], 32)
        self.average = layers.GlobalAveragePooling1D()
        self.hidden = layers.Dense(32, activation="relu")
        self.topic = layers.Dense(s["topics"])

    def call(self, tokens):
        return self.topic(self.hidden(self.average(self.vectors(tokens))))


tokens, topic = notices(1600, SETTINGS)
model = NoticeTopics(SETTINGS)
model.compile(
    optimizer=make_adam(SETTINGS),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(tokens, topic, batch_size=SETTINGS["batch"], epochs=5, verbose=2)
