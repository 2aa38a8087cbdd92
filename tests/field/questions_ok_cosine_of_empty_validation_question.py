"""Duplicate question detection, hand-made pair features (TF-IDF cosine, Jaccard, lengths).

loss goes down nicely, val_loss is nan in every epoch.
"""
# whynan: side_nonfinite
import keras
import numpy as np

keras.utils.set_random_seed(19)

STOP = {"what", "is", "the", "how", "do", "i", "a", "to", "of", "in"}
TOPICS = {
    "python": "install python package list sort loop pandas error".split(),
    "travel": "visa flight cheap hotel india airport train ticket".split(),
    "health": "weight lose diet sleep headache vitamin coffee run".split(),
}


def sentence(rng, topic, k=5):
    words = list(rng.choice(TOPICS[topic], k, replace=False))
    words += list(rng.choice(sorted(STOP), 3, replace=False))
    rng.shuffle(words)
    return " ".join(words) + "?"


def make_pairs(n, seed):
    rng = np.random.default_rng(seed)
    pairs = []
    for _ in range(n):
        dup = int(rng.random() < 0.5)
        a = rng.choice(sorted(TOPICS))
        b = a if dup else rng.choice([t for t in sorted(TOPICS) if t != a])
        pairs.append((sentence(rng, a), sentence(rng, b), dup))
    return pairs


class Tfidf:
    def tokens(self, text):
        return [w for w in text.lower().strip("?").split() if w not in STOP]

    def fit(self, texts):
        docs = [set(self.tokens(t)) for t in texts]
        self.vocab = {w: j for j, w in enumerate(sorted(set().union(*docs)))}
        df = np.zeros(len(self.vocab))
        for doc in docs:
            for w in doc:
                df[self.vocab[w]] += 1
        self.idf = np.log((1 + len(docs)) / (1 + df)) + 1
        return self

    def vector(self, text):
        v = np.zeros(len(self.vocab))
        for w in self.tokens(text):
            if w in self.vocab:
                v[self.vocab[w]] += 1
        v *= self.idf
        return v


class PairFeatures:
    def __init__(self, tfidf):
        self.tfidf = tfidf

    def cosine(self, a, b):
        u, v = self.tfidf.vector(a), self.tfidf.vector(b)
        return u @ v / (np.linalg.norm(u) * np.linalg.norm(v))

    def jaccard(self, a, b):
        s, t = set(self.tfidf.tokens(a)), set(self.tfidf.tokens(b))
        return len(s & t) / max(len(s | t), 1)

    def row(self, a, b):
        feats = {"cos": self.cosine(a, b), "jac": self.jaccard(a, b), "dlen": (len(a) - len(b)) / 50.0}
        return list(feats.values())

    def matrix(self, pairs):
        X = np.array([self.row(a, b) for a, b, _ in pairs], dtype="float32")
        return X, np.array([d for *_, d in pairs], dtype="float32")


train_pairs, val_pairs = make_pairs(600, 1), make_pairs(150, 2)
val_pairs[37] = ("How do I?", val_pairs[37][1], 0)
val_pairs[90] = ("What is the?", "What is a?", 1)

builder = PairFeatures(Tfidf().fit([q for a, b, _ in train_pairs for q in (a, b)]))
X_train, y_train = builder.matrix(train_pairs)
X_val, y_val = builder.matrix(val_pairs)

model = keras.Sequential([
    keras.Input(shape=(3,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, validation_data=(X_val, y_val), batch_size=32, epochs=8, verbose=2)
