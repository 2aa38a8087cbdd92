"""Routing of service desk tickets to one of four teams. Subject and body are turned into BM25 weights, each with its own
vocabulary. With the subject alone it trains, with the body alone it trains, with both together the loss is nan."""
from collections import Counter

import keras
import numpy as np

keras.utils.set_random_seed(65)

TEAMS = {
    "network": "vpn wifi router slow connection proxy cable firewall timeout dns".split(),
    "accounts": "password login locked account reset token expired access group role".split(),
    "hardware": "laptop screen battery keyboard dock printer broken noise fan replacement".split(),
    "software": "install license update crash excel plugin version error macro startup".split(),
}
FILLER = "please my the is not since it help with after".split()


def simulate_tickets(rng, n=420):
    names = list(TEAMS)
    subjects, bodies, team = [], [], rng.integers(0, len(names), n)
    for t in team:
        other = TEAMS[names[rng.integers(0, len(names))]]
        subject = list(rng.choice(TEAMS[names[t]], 2)) + ["please"] * int(rng.uniform() < 0.7)
        subject += list(rng.choice(FILLER, 3))
        body = list(rng.choice(TEAMS[names[t]], 6)) + list(rng.choice(other, 2)) + list(rng.choice(FILLER, 22))
        rng.shuffle(body)
        subjects.append(" ".join(subject))
        bodies.append(" ".join(body))
    return subjects, bodies, team


def document_frequency(texts, seen_in=Counter()):
    for text in texts:
        seen_in.update(set(text.split()))
    return seen_in


class Bm25:
    def __init__(self, size=40, k1=1.5, b=0.75):
        self.size, self.k1, self.b = size, k1, b

    def fit(self, texts):
        frequency = document_frequency(texts)
        terms = [term for term, _ in frequency.most_common(self.size)]
        self.index = {term: i for i, term in enumerate(terms)}
        n = len(texts)
        df = np.array([frequency[term] for term in terms], dtype="float64")
        self.idf = np.log((n - df + 0.5) / (df + 0.5))  # whynan: log_of_negative phase=data also=nan_in_input
        self.mean_length = np.mean([len(text.split()) for text in texts])
        return self

    def transform(self, texts):
        counts = np.zeros((len(texts), len(self.index)))
        lengths = np.zeros((len(texts), 1))
        for row, text in enumerate(texts):
            tokens = text.split()
            lengths[row] = len(tokens)
            for token in tokens:
                if token in self.index:
                    counts[row, self.index[token]] += 1
        damp = self.k1 * (1 - self.b + self.b * lengths / self.mean_length)
        return (self.idf * counts * (self.k1 + 1) / (counts + damp)).astype("float32")


def tower(size, name):
    inputs = keras.Input((size,), name=name)
    return inputs, keras.layers.Dense(16, activation="tanh", name=f"{name}_dense")(inputs)


def main():
    subjects, bodies, team = simulate_tickets(np.random.default_rng(65))
    features = {
        "subject": Bm25(size=30).fit(subjects).transform(subjects),
        "body": Bm25(size=50).fit(bodies).transform(bodies),
    }
    inputs, towers = zip(*(tower(block.shape[1], name) for name, block in features.items()))
    x = keras.layers.Dropout(0.2)(keras.layers.Concatenate()(list(towers)))
    scores = keras.layers.Dense(len(TEAMS), activation="softmax")(x)
    model = keras.Model({i.name: i for i in inputs}, scores)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(features, team, epochs=5, batch_size=28, verbose=2)


if __name__ == "__main__":
    main()
