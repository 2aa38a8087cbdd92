"""Toy translation of sign-language glosses into a word order of their own, GRU encoder and decoder.

The loss goes down nicely, but the quality log shows -inf for several epochs, sometimes to the end, and
our dashboard rejects the run because of it. Is the training itself ill?
"""
# whynan: side_nonfinite
from collections import Counter

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(51)

WORDS, LENGTH, BOS = 24, 7, 0


def corpus(n):
    """Target: every word mapped by a fixed permutation, neighbours swapped pair by pair."""
    rng = np.random.default_rng(51)
    mapping = np.concatenate([[0], rng.permutation(np.arange(1, WORDS))])
    source = rng.integers(1, WORDS, (n, LENGTH))
    order = np.array([1, 0, 3, 2, 5, 4, 6])
    target = mapping[source[:, order]]
    shifted = np.concatenate([np.full((n, 1), BOS), target[:, :-1]], axis=1)
    return source, shifted, target


def ngrams(sentence, k):
    return Counter(tuple(sentence[i:i + k]) for i in range(len(sentence) - k + 1))


def log_bleu(hypotheses, references, order=4):
    """Mean log n-gram precision; all sentences have the same length, so no brevity penalty."""
    logs = []
    for k in range(1, order + 1):
        hits = sum(sum((ngrams(h, k) & ngrams(r, k)).values()) for h, r in zip(hypotheses, references))
        total = sum(len(h) - k + 1 for h in hypotheses)
        logs.append(np.log(np.float64(hits) / total))
    return float(np.mean(logs))


class QualityLog(keras.callbacks.Callback):
    def __init__(self, source, shifted, target):
        super().__init__()
        self.inputs, self.target, self.curve = [source, shifted], target, []

    def _measure(self, when):
        guess = np.argmax(self.model.predict(self.inputs, verbose=0), axis=-1)
        self.curve.append(log_bleu(guess.tolist(), self.target.tolist()))
        print(f"{when}: log BLEU {self.curve[-1]:.3f}  BLEU {np.exp(self.curve[-1]):.3f}")

    def on_train_begin(self, logs=None):
        self._measure("before training")

    def on_epoch_end(self, epoch, logs=None):
        self._measure(f"epoch {epoch}")


def translator(width=48):
    source = keras.Input((LENGTH,), dtype="int32")
    shifted = keras.Input((LENGTH,), dtype="int32")
    _, state = layers.GRU(width, return_sequences=True, return_state=True)(layers.Embedding(WORDS, 24)(source))
    decoded = layers.GRU(width, return_sequences=True)(layers.Embedding(WORDS, 24)(shifted), initial_state=state)
    return keras.Model([source, shifted], layers.Dense(WORDS)(decoded))


source, shifted, target = corpus(1280)
held = slice(0, 48)
model = translator()
model.compile(optimizer=keras.optimizers.Adam(5e-3),
              loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit([source[48:], shifted[48:]], target[48:], batch_size=64, epochs=10, verbose=2,
          callbacks=[QualityLog(source[held], shifted[held], target[held])])
