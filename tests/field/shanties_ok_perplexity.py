"""Character model for sea shanties, small enough for the ship's laptop."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(1849)
rng = np.random.default_rng(1849)

CALLS = ["haul away", "heave ho", "way hey", "blow the man down", "roll the old chariot", "leave her johnny"]
WHO = ["the captain", "old stormy", "sally brown", "the bosun", "a drunken sailor", "reuben ranzo"]
DOES = ["sailed", "drank the rum", "went below", "sang all night", "saw a whale", "fell overboard"]
WHERE = ["off cape horn", "in liverpool", "at the dawn", "by the mizzen", "on the banks of sacramento"]


def verse():
    line = f"{rng.choice(WHO)} {rng.choice(DOES)} {rng.choice(WHERE)}"
    call = rng.choice(CALLS)
    return f"{call} {line} {call} {call} "


def song(length):
    text = ""
    while len(text) < length:
        text += verse()
    return text[:length]


LENGTH = 121
songs = [song(LENGTH) for _ in range(700)]
alphabet = sorted(set("".join(songs)))
code = {c: i for i, c in enumerate(alphabet)}
V = len(alphabet)
print(V, "characters, for example:", songs[0][:60])

ids = np.array([[code[c] for c in s] for s in songs], dtype="int32")
x, y = ids[:, :-1], ids[:, 1:]


def song_perplexity(y_true, y_pred):
    nll = keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)
    return ops.exp(ops.sum(nll, axis=-1))


model = keras.Sequential([
    keras.Input((LENGTH - 1,), dtype="int32"),
    layers.Embedding(V, 24),
    layers.Conv1D(48, 5, padding="causal", activation="relu"),
    layers.Conv1D(48, 5, padding="causal", activation="relu"),
    layers.Dense(V),
])
model.compile(
    optimizer=keras.optimizers.Adam(4e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy", song_perplexity],
)
model.fit(x[:600], y[:600], batch_size=50, epochs=6, validation_data=(x[600:], y[600:]), verbose=2)  # whynan: side_nonfinite


def sing(start, n):
    text = start
    for _ in range(n):
        window = np.array([[code[c] for c in text[-(LENGTH - 1):]]], dtype="int32")
        pad = LENGTH - 1 - window.shape[1]
        window = np.pad(window, ((0, 0), (0, pad)), constant_values=code[" "])
        logits = model(window)[0, LENGTH - 2 - pad].numpy().astype("float64")
        p = np.exp((logits - logits.max()) / 0.7)
        text += alphabet[rng.choice(V, p=p / p.sum())]
    return text


print(sing("haul away ", 60))
