"""Morse decoder for the ham radio club: envelope in, letters out.

I wanted to understand CTC, so the forward algorithm is written out by hand
(Graves 2006, section 4.1) instead of calling the library.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(73)

CODE = {
    "A": ".-", "B": "-...", "C": "-.-.", "D": "-..", "E": ".", "F": "..-.", "G": "--.", "H": "....",
    "I": "..", "J": ".---", "K": "-.-", "L": ".-..", "M": "--", "N": "-.", "O": "---", "P": ".--.",
    "Q": "--.-", "R": ".-.", "S": "...", "T": "-", "U": "..-", "V": "...-", "W": ".--", "X": "-..-",
    "Y": "-.--", "Z": "--..",
}
ALPHABET = sorted(CODE)
BLANK = len(ALPHABET)
FRAMES = 264
WORD = 5


def keying(word):
    units = []
    for letter in word:
        for mark in CODE[letter]:
            units += [1] * (1 if mark == "." else 3) + [0]
        units += [0, 0]
    return np.array(units, "float32")


def transmission(rng):
    word = rng.choice(ALPHABET, WORD)
    pattern = keying(word)
    speed, lead = rng.uniform(2.2, 3.1), rng.integers(0, 7)
    pos = np.floor((np.arange(FRAMES) - lead) / speed).astype(int)
    on_air = (pos >= 0) & (pos < len(pattern))
    envelope = np.where(on_air, pattern[np.clip(pos, 0, len(pattern) - 1)], 0.0)
    fading = 1 + 0.2 * np.sin(np.arange(FRAMES) / rng.uniform(20, 60))
    envelope = envelope * fading + rng.normal(0, 0.12, FRAMES)
    return envelope[:, None], [ALPHABET.index(c) for c in word]


def ctc_nll(probs, labels):
    batch = labels.shape[0]
    ext = np.full((batch, 2 * WORD + 1), BLANK)
    ext[:, 1::2] = labels
    may_skip = np.zeros(ext.shape, "float32")
    may_skip[:, 3::2] = labels[:, 1:] != labels[:, :-1]
    start = np.zeros(ext.shape, "float32")
    start[:, :2] = 1.0

    emit = tf.gather(probs, ext, axis=2, batch_dims=1)
    alpha = start * emit[:, 0]
    for t in range(1, FRAMES):
        prev1 = tf.pad(alpha[:, :-1], [[0, 0], [1, 0]])
        prev2 = tf.pad(alpha[:, :-2], [[0, 0], [2, 0]]) * may_skip
        alpha = (alpha + prev1 + prev2) * emit[:, t]
    likelihood = alpha[:, -1] + alpha[:, -2]
    return tf.reduce_mean(-tf.math.log(likelihood))  # whynan: log_of_zero phase=loss|forward also=exp_underflow


rng = np.random.default_rng(7)
signals, words = zip(*[transmission(rng) for _ in range(240)])
signals = np.array(signals, "float32")
words = np.array(words)

net = keras.Sequential([
    keras.Input((FRAMES, 1)),
    keras.layers.Conv1D(32, 9, padding="same", activation="relu"),
    keras.layers.Conv1D(32, 15, padding="same", activation="relu"),
    keras.layers.Conv1D(32, 15, padding="same", activation="relu"),
    keras.layers.Dense(len(ALPHABET) + 1, activation="softmax"),
])
optimizer = keras.optimizers.Adam(2e-3)

for epoch in range(3):
    losses = []
    for pick in np.split(rng.permutation(len(signals)), 10):
        with tf.GradientTape() as tape:
            loss = ctc_nll(net(signals[pick], training=True), words[pick])
        grads = tape.gradient(loss, net.trainable_variables)
        optimizer.apply_gradients(zip(grads, net.trainable_variables))
        losses.append(float(loss))
    print(f"epoch {epoch + 1}: {np.mean(losses):.3f}")

best = net(signals[:3]).numpy().argmax(axis=-1)
for row, truth in zip(best, words[:3]):
    keep = [k for i, k in enumerate(row) if k != BLANK and (i == 0 or k != row[i - 1])]
    print("".join(ALPHABET[k] for k in truth), "->", "".join(ALPHABET[k] for k in keep))
