"""Five small networks vote on the cod catch per survey square, from depth, temperature and the
catches of the years before. Every one of the five ends with a nan loss, whatever its seed.
describe() on the haul table shows a count of all rows in every column."""
import keras
import numpy as np
import pandas as pd

SQUARES = [f"{row}F{col}" for row in range(34, 42) for col in range(1, 7)]
TARGET_YEAR = 2023
# RV Merlan lost its doors in the storm week and flagged these hauls itself
STORM_SQUARES = ("36F6", "39F4")


def haul_table(seed=19):
    rng = np.random.default_rng(seed)
    frames = []
    for square in SQUARES:
        depth = rng.uniform(22.0, 140.0)
        warmth = rng.normal(8.5, 0.8)
        for year in (2021, 2022, TARGET_YEAR):
            n = rng.integers(5, 9)
            kilo = rng.gamma(2.0, 6.0 + 0.15 * depth, n) * np.exp(-0.2 * (warmth - 8.5))
            code = np.where(np.arange(n) == 0, "A", "V")
            if year == TARGET_YEAR and square in STORM_SQUARES:
                code = np.repeat("I", n)
            frames.append(pd.DataFrame({
                "square": square,
                "year": year,
                "validity": code,
                "depth": (depth + rng.normal(0, 3.0, n)).round(1),
                "warmth": (warmth + rng.normal(0, 0.2, n)).round(2),
                "cpue": kilo.round(2),
            }))
    return pd.concat(frames, ignore_index=True)


def features_and_labels(hauls):
    past = hauls[hauls["year"] < TARGET_YEAR]
    latest = hauls[(hauls["year"] == TARGET_YEAR) & hauls["validity"].isin(["V", "A"])]
    rows, labels = [], []
    for square in SQUARES:
        before = past[past["square"] == square]
        catches = latest.loc[latest["square"] == square, "cpue"]
        rows.append([
            before["depth"].mean() / 100.0,
            before["warmth"].mean() - 8.5,
            np.log1p(before["cpue"].mean()),
            np.log1p(before["cpue"].max()),
        ])
        labels.append(np.log1p(catches.mean()))  # whynan: nan_in_label phase=data rows=17,33 also=empty_reduction
    return np.array(rows, "float32"), np.array(labels, "float32")


class Committee:
    def __init__(self, seeds):
        self.seeds = seeds
        self.members = []

    def _member(self, n_features):
        model = keras.Sequential([
            keras.Input((n_features,)),
            keras.layers.Dense(12, activation="swish"),
            keras.layers.Dense(1),
        ])
        model.compile(optimizer=keras.optimizers.SGD(0.02, momentum=0.9), loss="mean_absolute_error")
        return model

    def fit(self, x, y):
        for seed in self.seeds:
            keras.utils.set_random_seed(seed)
            member = self._member(x.shape[1])
            history = member.fit(x, y, batch_size=8, epochs=6, verbose=0)
            print(f"member {seed}: " + " ".join(f"{v:.3f}" for v in history.history["loss"]))
            self.members.append(member)
        return self

    def predict(self, x):
        return np.mean([m.predict(x, verbose=0).ravel() for m in self.members], axis=0)


if __name__ == "__main__":
    x, y = features_and_labels(haul_table())
    committee = Committee(seeds=[1, 2, 3, 4, 5]).fit(x, y)
    print("five richest squares", [SQUARES[k] for k in np.argsort(committee.predict(x))[-5:]])
