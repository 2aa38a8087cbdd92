"""Character model that hums new lullabies."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(64)
rng = np.random.default_rng(64)

OPENERS = ["hush now", "sleep well", "close your eyes", "rest softly", "dream on"]
WHO = ["little bear", "tiny bird", "sweet child", "my lamb", "small star"]
PLACES = ["in the moonlight", "by the sea", "under the tree", "on the hill", "in my arms"]
ENDINGS = ["till the morning comes", "while the wind hums", "and the night is deep", "fall asleep"]


def verse():
    return (f"{rng.choice(OPENERS)}, {rng.choice(WHO)}, "
            f"{rng.choice(PLACES)}, {rng.choice(ENDINGS)}.\n")


text = "".join(verse() for _ in range(500))
chars = sorted(set(text))
index = {c: i for i, c in enumerate(chars)}
encoded = np.array([index[c] for c in text], "int32")

WINDOW = 24
starts = np.arange(0, len(encoded) - WINDOW - 1, WINDOW)
x = np.stack([encoded[s:s + WINDOW] for s in starts])
y = np.stack([encoded[s + 1:s + WINDOW + 1] for s in starts])
print(len(text), "characters,", len(x), "windows,", len(chars), "symbols")


class Perplexity(keras.metrics.Metric):
    def __init__(self, name="perplexity", **kwargs):
        super().__init__(name=name, **kwargs)
        self.nll = self.add_weight(name="nll", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        ce = keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)
        self.nll.assign_add(ops.sum(ce))
        self.count.assign_add(1.0)

    def result(self):
        return ops.exp(self.nll / self.count)  # whynan: side_nonfinite

    def reset_state(self):
        self.nll.assign(0.0)
        self.count.assign(0.0)


model = keras.Sequential([
    keras.Input((WINDOW,), dtype="int32"),
    layers.Embedding(len(chars), 16),
    layers.GRU(48, return_sequences=True),
    layers.Dense(len(chars)),
])
model.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[Perplexity()],
)
history = model.fit(x, y, batch_size=64, epochs=4, verbose=2)


def hum(seed, n=60, temperature=0.7):
    ids = [index[c] for c in seed]
    for _ in range(n):
        window = np.array(ids[-WINDOW:])[None]
        window = np.pad(window, ((0, 0), (WINDOW - window.shape[1], 0)))
        logits = model.predict_on_batch(window)[0, -1].astype("float64") / temperature
        p = np.exp(logits - logits.max())
        ids.append(int(rng.choice(len(p), p=p / p.sum())))
    return "".join(chars[i] for i in ids)


print(hum("hush now"))
