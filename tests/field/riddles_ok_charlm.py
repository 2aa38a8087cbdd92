"""Character model for a collection of riddles (27 symbols, 64 characters each)."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(2024)

ALPHABET = " abcdefghijklmnopqrstuvwxyz"
LENGTH = 64


def collect(n, seed=8):
    r = np.random.default_rng(seed)
    step = r.dirichlet(0.6 * np.ones(len(ALPHABET)), size=len(ALPHABET))
    cdf = step.cumsum(1)
    text = np.zeros((n, LENGTH + 1), dtype="int32")
    text[:, 0] = r.integers(0, len(ALPHABET), n)
    for t in range(1, LENGTH + 1):
        u = r.random((n, 1))
        text[:, t] = np.minimum((u > cdf[text[:, t - 1]]).sum(1), len(ALPHABET) - 1)
    return text


def riddle_perplexity(y_true, y_pred):
    nats = keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)
    return ops.exp(ops.sum(nats, axis=-1))


riddles = collect(900)
print("sample:", "".join(ALPHABET[c] for c in riddles[0]))
x, y = riddles[:, :-1], riddles[:, 1:]

lm = keras.Sequential([
    keras.Input((LENGTH,), dtype="int32"),
    layers.Embedding(len(ALPHABET), 16),
    layers.GRU(32, return_sequences=True),
    layers.Dense(len(ALPHABET)),
])
lm.compile(
    optimizer=keras.optimizers.Adam(0.01, global_clipnorm=1.0),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy", riddle_perplexity],
)
history = lm.fit(x[:800], y[:800], batch_size=50, epochs=4, verbose=2,  # whynan: side_nonfinite
                 validation_data=(x[800:], y[800:]))

seed_ids = [0]
gen = np.random.default_rng(1)
while len(seed_ids) < 30:
    window = np.zeros((1, LENGTH), dtype="int32")
    window[0, :len(seed_ids)] = seed_ids
    logits = lm(window, training=False)[0, len(seed_ids) - 1]
    p = np.exp(ops.convert_to_numpy(logits).astype("float64"))
    seed_ids.append(int(gen.choice(len(ALPHABET), p=p / p.sum())))
print("invented:", "".join(ALPHABET[c] for c in seed_ids))
