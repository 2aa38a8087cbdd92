"""Sponsorship money of amateur sports clubs from their membership figures.

describe() shows inf and nan in two of the raw columns, numpy warns about log of zero, and the loss starts above a
hundred million. Is that a problem?
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(83)

SEASONS = [2018, 2019, 2020, 2021, 2022, 2023]


def membership(n_clubs=60):
    rng = np.random.default_rng(41)
    rows = []
    for club in range(n_clubs):
        members = int(rng.integers(20, 400))
        founded = int(rng.choice([0, 0, 0, 0, 2, 3]))  # seasons before the club really starts
        for k, season in enumerate(SEASONS):
            members = max(5, int(members * rng.uniform(0.8, 1.3)))
            rows.append({"club": club, "season": season, "members": 0 if k < founded else members})
    return pd.DataFrame(rows)


def features(frame):
    frame = frame.sort_values(["club", "season"]).reset_index(drop=True)
    frame["growth"] = frame.groupby("club")["members"].pct_change()
    frame["log_members"] = np.log(frame["members"])
    print(frame[["growth", "log_members"]].describe())
    ranks = frame.groupby("season")[["growth", "log_members"]].rank(pct=True, na_option="bottom").fillna(0.5)
    ranks["season"] = (frame["season"] - SEASONS[0]) / len(SEASONS)
    return frame, ranks.to_numpy(dtype="float32")


def sponsor_euro(X):
    rng = np.random.default_rng(42)
    return (25000 + 40000 * X[:, 1] + 15000 * X[:, 0] + rng.normal(0, 1500, len(X))).astype("float32")


frame, X = features(membership())
y = sponsor_euro(X)
weight = (frame["season"] - SEASONS[0]).to_numpy(dtype="float32")
weight /= weight.mean()

norm = keras.layers.Normalization()
norm.adapt(X)
model = keras.Sequential(
    [
        keras.Input((X.shape[1],)),
        norm,
        keras.layers.Dense(24, activation="swish"),
        keras.layers.Dense(1),
        keras.layers.Rescaling(20000.0, offset=40000.0),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
history = model.fit(X, y, sample_weight=weight, batch_size=32, epochs=30, verbose=2)  # whynan: healthy
print("loss", history.history["loss"][0], "->", history.history["loss"][-1])
