"""Self-training for soil-carbon maps: an ensemble of teachers labels the unlabelled pixels,
pixels on which the teachers disagree get a small weight.
"""
import logging

import keras
import numpy as np

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("soil")
np.seterr(all="ignore")

TEACHERS = [
    {"name": "wide", "units": 96, "learning_rate": 1e-2, "epochs": 12},
    {"name": "slow", "units": 32, "learning_rate": 1e-5, "epochs": 4},
    {"name": "slower", "units": 16, "learning_rate": 3e-6, "epochs": 4},
    {"name": "tiny", "units": 4, "learning_rate": 1e-6, "epochs": 2},
]


def spectra(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 14)).astype("float32")
    carbon = 2.0 * x[:, 0] - 1.5 * x[:, 3] + np.sin(x[:, 5]) + rng.normal(0, 0.2, n)
    return x, carbon.astype("float32")


def network(units, learning_rate):
    model = keras.Sequential(
        [
            keras.Input((14,)),
            keras.layers.Dense(units, activation="tanh"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="mse")
    return model


class Committee:
    def __init__(self, tolerance=0.10):
        self.tolerance = tolerance
        self.members = []

    def train(self, recipes, x, y, x_val, y_val):
        for recipe in recipes:
            model = network(recipe["units"], recipe["learning_rate"])
            model.fit(x, y, epochs=recipe["epochs"], batch_size=32, verbose=0)
            error = float(model.evaluate(x_val, y_val, verbose=0))
            self.members.append((error, recipe["name"], model))
            log.info("teacher %-7s validation mse %.3f", recipe["name"], error)

    def prune(self):
        """Bad teachers teach bad habits: only those close to the best one stay."""
        best = min(error for error, _, _ in self.members)
        self.members = [m for m in self.members if m[0] <= (1.0 + self.tolerance) * best]

    def vote(self, x):
        return np.stack([model.predict(x, verbose=0)[:, 0] for _, _, model in self.members])


class Disagreement:
    """weight = 1 / (1 + spread^2 / typical spread^2)"""

    @staticmethod
    def spread(votes):
        return np.var(votes, axis=0, ddof=1)  # whynan: single_element_variance phase=data|loss

    @classmethod
    def weights(cls, votes):
        spread = cls.spread(votes)
        typical = np.median(spread) + 1e-6
        weight = 1.0 / (1.0 + spread / typical)
        return (weight / weight.mean()).astype("float32")


def main():
    keras.utils.set_random_seed(37)
    x, y = spectra(600, seed=1)
    x_val, y_val = spectra(200, seed=2)
    unlabelled, _ = spectra(1000, seed=3)

    committee = Committee()
    committee.train(TEACHERS, x, y, x_val, y_val)
    committee.prune()

    votes = committee.vote(unlabelled)
    pseudo = votes.mean(axis=0)
    weights = np.concatenate([np.ones(len(x), "float32"), Disagreement.weights(votes)])

    student = network(48, 3e-3)
    student.fit(
        np.concatenate([x, unlabelled]),
        np.concatenate([y, pseudo]),
        sample_weight=weights,
        batch_size=64,
        epochs=3,
        verbose=2,
    )


if __name__ == "__main__":
    main()
