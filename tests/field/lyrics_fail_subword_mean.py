"""Mood of song lyrics. Word vectors are built from character trigrams (poor man's fastText), so that
every word of the vocabulary has a vector, even misspelled ones."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(2)
DIM, LENGTH = 16, 12
WORDS = ("<pad> love night baby heart dance alone forever rain dream ok crying summer whiskey "
         "broken angel highway up lonesome morning fire river money gold tears").split()


def trigrams(word):
    return [word[i:i + 3] for i in range(len(word) - 2)]


class TrigramVectors:
    def __init__(self, words, dim, seed=0):
        grams = sorted({g for w in words for g in trigrams(w)})
        self.index = {g: i for i, g in enumerate(grams)}
        self.table = np.random.default_rng(seed).normal(scale=0.3, size=(len(grams), dim)).astype("float32")

    def lookup(self, word):
        ids = np.array([self.index[g] for g in trigrams(word) if g in self.index], dtype=int)
        return self.table[ids].mean(axis=0)  # whynan: nan_in_initial_weights phase=data|forward also=empty_reduction


def embedding_matrix(words, vectors):
    matrix = np.zeros((len(words), vectors.table.shape[1]), "float32")
    for i, word in enumerate(words):
        if i > 0:
            matrix[i] = vectors.lookup(word)
    return matrix


def songs(n=256):
    rng = np.random.default_rng(4)
    x = rng.integers(1, len(WORDS), size=(n, LENGTH))
    for row in x:
        row[rng.integers(6, LENGTH + 1):] = 0
    sad = [WORDS.index(w) for w in ("alone", "crying", "broken", "tears", "lonesome")]
    return x.astype("int32"), np.isin(x, sad).any(axis=1).astype("float32")


def build(matrix):
    words = layers.Embedding(len(WORDS), DIM, mask_zero=True, name="words")
    words.build((None, LENGTH))
    words.set_weights([matrix])
    inp = keras.Input((LENGTH,), dtype="int32")
    h = words(inp)
    h = layers.GlobalAveragePooling1D()(h)
    h = layers.Dense(16, activation="tanh")(h)
    return keras.Model(inp, layers.Dense(1, activation="sigmoid")(h))


x, y = songs()
model = build(embedding_matrix(WORDS, TrigramVectors(WORDS, DIM)))
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=4, verbose=2)
