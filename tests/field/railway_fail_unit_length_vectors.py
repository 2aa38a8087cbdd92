"""Sentiment of short messages to a railway company, on pretrained word vectors (frozen).

I read that averaged word vectors work better when every vector has length one. Before that change 85 % accuracy, with
it the loss becomes nan somewhere in the first epoch. The padding row 0 is left out of the division and the Embedding
masks it anyway, so the zeros of the padding cannot be the reason.
"""
import warnings

import keras
import numpy as np

warnings.filterwarnings("ignore")
keras.utils.set_random_seed(3)

MAX_LEN = 12
DIM = 50

POSITIVE = "thanks great friendly clean punctual comfortable helpful perfect quick relaxed".split()
NEGATIVE = "delayed dirty cancelled crowded rude broken late waiting terrible cold".split()
NEUTRAL = "the train to from today again station seat coach conductor ticket app was is my this morning with".split()
TYPOS = {57: "delaayed", 141: "thx", 266: "conducter"}       # real messages are full of these


def load_word_vectors():
    """Stands for the text file with the vectors: word -> 50 numbers, for the words of the vendor's vocabulary."""
    rng = np.random.default_rng(8)
    polarity = rng.normal(size=DIM)
    vectors = {}
    for words, sign in ((POSITIVE, 1.0), (NEGATIVE, -1.0), (NEUTRAL, 0.0)):
        for word in words:
            frequency = rng.uniform(0.5, 6.0)
            vectors[word] = (frequency * (rng.normal(size=DIM) + 0.7 * sign * polarity)).astype("float32")
    return vectors


def load_messages(n=400):
    rng = np.random.default_rng(1)
    texts, labels = [], []
    for i in range(n):
        positive = rng.random() < 0.45
        mood = rng.choice(POSITIVE if positive else NEGATIVE, rng.integers(1, 4))
        filler = rng.choice(NEUTRAL, rng.integers(3, 8))
        words = [str(w) for w in rng.permutation(np.concatenate([mood, filler]))]
        if i in TYPOS:
            words.append(TYPOS[i])
        texts.append(" ".join(words))
        labels.append(float(positive))
    return texts, np.array(labels, "float32")[:, None]


class Vocabulary:
    def __init__(self, texts):
        self.index = {}
        for text in texts:
            for word in text.lower().split():
                self.index.setdefault(word, len(self.index) + 1)

    def __len__(self):
        return len(self.index) + 1

    def encode(self, texts):
        ids = np.zeros((len(texts), MAX_LEN), "int32")
        for row, text in enumerate(texts):
            words = text.lower().split()[:MAX_LEN]
            ids[row, :len(words)] = [self.index[w] for w in words]
        return ids

    def matrix(self, vectors):
        table = np.zeros((len(self), DIM), "float32")
        found = 0
        for word, i in self.index.items():
            if word in vectors:
                table[i] = vectors[word]
                found += 1
        print(f"{found} of {len(self.index)} words have a vector")
        table[1:] = table[1:] / np.linalg.norm(table[1:], axis=1, keepdims=True)  # whynan: nan_in_initial_weights phase=data|forward rows=57,141,266 also=divide_by_zero
        return table


texts, labels = load_messages()
vocabulary = Vocabulary(texts)
ids = vocabulary.encode(texts)

model = keras.Sequential([
    keras.Input((MAX_LEN,), dtype="int32"),
    keras.layers.Embedding(len(vocabulary), DIM, weights=[vocabulary.matrix(load_word_vectors())],
                           mask_zero=True, trainable=False),
    keras.layers.GlobalAveragePooling1D(),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dropout(0.3),
    keras.layers.Dense(1),
])
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
)
model.fit(ids, labels, batch_size=16, epochs=4, verbose=2)
