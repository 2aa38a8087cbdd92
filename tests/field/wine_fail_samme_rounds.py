"""Boosting (SAMME) of small networks on the wine cultivars.

Every round trains a fresh network with train_on_batch; the rows that the network gets wrong weigh more in the next
round.  One round looks excellent and the round after it has loss nan from its very first batch.
"""
import keras
import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(15)
CLASSES = 3


def weak_network(features):
    model = keras.Sequential([
        keras.Input((features,)),
        keras.layers.Dense(8, activation="tanh"),
        keras.layers.Dense(CLASSES, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy")
    return model


def fit_round(model, x, y, row_weight, rng, epochs=30, batch=16):
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch):
            rows = order[start : start + batch]
            losses.append(float(model.train_on_batch(x[rows], y[rows], sample_weight=row_weight[rows] * len(x))))
    return losses


class Booster:
    def __init__(self, rounds):
        self.rounds = rounds
        self.members = []
        self.votes = []

    def fit(self, x, y):
        rng = np.random.default_rng(6)
        weight = np.full(len(x), 1.0 / len(x))
        for number in range(self.rounds):
            model = weak_network(x.shape[1])
            losses = fit_round(model, x, y, weight, rng)
            guess = model(x, training=False).numpy().argmax(axis=1)
            missed = (guess != y).astype("float64")
            error = np.sum(weight * missed) / np.sum(weight)
            vote = np.log((1.0 - error) / error) + np.log(CLASSES - 1)  # whynan: divide_by_zero phase=data
            weight = weight * np.exp(vote * missed)
            weight = np.clip(weight / weight.sum(), 1e-5, None)
            self.members.append(model)
            self.votes.append(vote)
            print(f"round {number + 1}: loss {losses[0]:.4f} -> {losses[-1]:.4f}, "
                  f"weighted error {error:.4f}, vote {vote:.3f}")
        return self

    def predict(self, x):
        score = np.zeros((len(x), CLASSES))
        for model, vote in zip(self.members, self.votes):
            score += vote * np.eye(CLASSES)[model(x, training=False).numpy().argmax(axis=1)]
        return score.argmax(axis=1)


x, y = load_wine(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=34, stratify=y, random_state=2)
scaler = StandardScaler().fit(x_train)
booster = Booster(rounds=4).fit(scaler.transform(x_train).astype("float32"), y_train)
print("test accuracy:", np.mean(booster.predict(scaler.transform(x_test).astype("float32")) == y_test))
