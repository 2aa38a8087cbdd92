"""Spend after the leaflet campaign, inverse propensity weighted.

The campaign team scores the households, stores the propensities and sends out
the leaflets; we take it from their file.
"""
import pathlib
import tempfile

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)


def campaign_team(path, n=2500):
    recency = rng.normal(size=n)
    basket = rng.normal(size=n)
    distance = rng.normal(size=n)
    logit = -2.6 + 0.9 * basket - 0.8 * distance - 0.7 * recency
    p = 1.0 / (1.0 + np.exp(-logit))
    sent = (rng.random(n) < p).astype(int)
    spend = 3.0 + 0.8 * basket - 0.3 * distance + 0.5 * sent + rng.normal(0, 0.6, n)
    df = pd.DataFrame({
        "household": np.arange(n) + 500_000,
        "recency": recency,
        "basket": basket,
        "distance": distance,
        "propensity": p,
        "sent": sent,
        "spend": spend,
    })
    df.to_csv(path, index=False, float_format="%.2f")


def ipw(df):
    """1/p for the treated, 1/(1-p) for the rest, trimmed at 20"""
    p, t = df["propensity"], df["sent"]
    w = t / p + (1 - t) / (1 - p)  # whynan: divide_by_zero phase=data
    return w.clip(upper=20.0)


def build(n_features):
    inputs = keras.Input((n_features,), name="household")
    x = keras.layers.Dense(24, activation="gelu")(inputs)
    x = keras.layers.Dense(24, activation="gelu")(x)
    outputs = keras.layers.Dense(1, name="log_spend")(x)
    return keras.Model(inputs, outputs)


def main():
    with tempfile.TemporaryDirectory() as tmp:
        path = pathlib.Path(tmp) / "campaign_scores.csv"
        campaign_team(path)
        df = pd.read_csv(path, index_col="household")

    print("households:", len(df), " leaflets sent:", int(df["sent"].sum()))
    print("median spend:", df["spend"].median())
    w = ipw(df)
    print(f"weights: median {w.median():.2f}  max {w.max():.2f}")

    X = df[["recency", "basket", "distance", "sent"]].to_numpy("float32")
    y = df["spend"].to_numpy("float32")

    model = build(X.shape[1])
    model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss=keras.losses.MeanSquaredError())
    model.fit(X, y, sample_weight=w.to_numpy("float32"), batch_size=64, epochs=5, verbose=2)

    off, on = X.copy(), X.copy()
    off[:, 3], on[:, 3] = 0.0, 1.0
    lift = model.predict(on, verbose=0) - model.predict(off, verbose=0)
    print("estimated lift:", float(lift.mean()))


if __name__ == "__main__":
    main()
