"""Sentiment of film reviews, second semester. Last year we trained word vectors on the old reviews and kept them in a csv
file, this year we should load them into the new network and train only the rest. The old network trains well (first part
below). The new one has loss nan from the beginning, although its number of words and the matrix fit together.
"""
import os
import tempfile

import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

LENGTH, DIM = 10, 8
good = "great lovely brilliant moving funny fresh superb charming".split()
bad = "dull boring weak clumsy awful flat tiresome messy".split()
neutral = "the film plot actor scene music story end cast camera with and".split()
csv_file = os.path.join(tempfile.mkdtemp(), "word_vectors.csv")


def read_reviews(n, good_words, bad_words):
    texts, labels = [], []
    for _ in range(n):
        label = int(rng.random() < 0.5)
        words = list(rng.choice(good_words if label else bad_words, 3)) + list(rng.choice(neutral, LENGTH - 3))
        rng.shuffle(words)
        texts.append(" ".join(words))
        labels.append(label)
    return texts, np.array(labels, dtype="float32")


def network(number_of_words):
    net = keras.Sequential([
        layers.Input((LENGTH,), dtype="int32"),
        layers.Embedding(number_of_words + 1, DIM, name="words"),
        layers.GlobalAveragePooling1D(),
        layers.Dense(16, activation="tanh"),
        layers.Dense(1),
    ])
    net.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return net


def to_ids(texts, vocabulary):
    ids = {w: i + 1 for i, w in enumerate(vocabulary)}
    return np.array([[ids[w] for w in t.split()] for t in texts], dtype="int32")


# ------------------------------------------------------------------ last year
texts, y = read_reviews(600, good, bad)
vocabulary = sorted({w for t in texts for w in t.split()})
old = network(len(vocabulary))
old.fit(to_ids(texts, vocabulary), y, epochs=6, batch_size=32, verbose=2)
table = old.get_layer("words").get_weights()[0]
pd.DataFrame(table[1:], index=vocabulary).to_csv(csv_file)

# ------------------------------------------------------------------ this year
texts, y = read_reviews(500, good + ["bingeable", "iconic"], bad + ["cringe", "overhyped"])
vocabulary = sorted({w for t in texts for w in t.split()})
vectors = pd.read_csv(csv_file, index_col=0).reindex(vocabulary)  # whynan: nan_in_initial_weights phase=data|forward
assert len(vectors) == len(vocabulary)

matrix = np.vstack([np.zeros((1, DIM)), vectors.to_numpy()])
new = network(len(vocabulary))
new.get_layer("words").set_weights([matrix])
new.get_layer("words").trainable = False
new.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(from_logits=True))
new.fit(to_ids(texts, vocabulary), y, epochs=4, batch_size=32, verbose=2)
