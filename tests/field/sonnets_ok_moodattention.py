# Is a sonnet line cheerful or gloomy? One attention block written by hand, to understand it.
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(154)
rng = np.random.default_rng(154)

PAD, CLS, FIRST_WORD = 0, 1, 2
VOCAB, LENGTH, N = 90, 25, 1800

# every word carries a hidden mood; a line is cheerful when its words add up to more than nothing
mood = np.zeros(VOCAB)
mood[FIRST_WORD:] = rng.normal(0, 1, VOCAB - FIRST_WORD)

lines = np.full((N, LENGTH), PAD, dtype="int32")
lines[:, 0] = CLS
for row in lines:
    n_words = rng.integers(3, LENGTH)
    row[1:n_words + 1] = rng.integers(FIRST_WORD, VOCAB, n_words)
cheerful = (mood[lines].sum(1) > 0).astype("float32")
print("share of cheerful lines:", cheerful.mean())


class MoodReader(keras.Model):
    def __init__(self, dim=32):
        super().__init__()
        self.dim = dim
        self.embed = keras.layers.Embedding(VOCAB, dim)
        self.q = keras.layers.Dense(dim, use_bias=False)
        self.k = keras.layers.Dense(dim, use_bias=False)
        self.v = keras.layers.Dense(dim, use_bias=False)
        self.ff = keras.layers.Dense(32, activation="relu")
        self.out = keras.layers.Dense(1)

    def call(self, ids):
        h = self.embed(ids)
        q, k, v = self.q(h), self.k(h), self.v(h)
        scores = tf.matmul(q, k, transpose_b=True) / self.dim ** 0.5
        bias = tf.where(tf.not_equal(ids, PAD), 0.0, -np.inf)
        weights = tf.nn.softmax(scores + bias[:, None, :], axis=-1)
        h = h + tf.matmul(weights, v)
        return self.out(self.ff(h[:, 0]))


model = MoodReader()
model.compile(
    optimizer=keras.optimizers.Adam(4e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
)
history = model.fit(  # whynan: healthy
    lines[:1500], cheerful[:1500],
    validation_data=(lines[1500:], cheerful[1500:]),
    batch_size=50, epochs=12, verbose=2,
)
print("loss", [round(v, 3) for v in history.history["loss"]])
