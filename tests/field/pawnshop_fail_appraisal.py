"""Will the customer come back for the pledge?

Reads the exports of the till software (one CSV per shop) and trains a small
classifier. Target: redeemed (1) or forfeited (0).
"""
import os
import tempfile

import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

METALS = ["gold", "silver", "steel", "other"]


def till_export(folder, shop, n):
    """What the till writes at the end of the year."""
    metal = rng.choice(METALS, n, p=[0.45, 0.25, 0.1, 0.2])
    value = rng.lognormal(5.4, 0.75, n) + 40.0 * (metal == "gold")
    months = rng.integers(1, 7, n)
    weight = rng.gamma(2.0, 9.0, n).round(1)
    weight[rng.random(n) < 0.06] = np.nan
    score = 1.1 - 0.35 * months + 0.6 * (metal == "gold") + 0.3 * np.log(value / 220.0)
    redeemed = rng.random(n) < 1.0 / (1.0 + np.exp(-score))
    day = pd.Timestamp("2024-01-02") + pd.to_timedelta(rng.integers(0, 360, n), unit="D")
    pd.DataFrame({
        "ticket": np.arange(n) + 10_000 * shop,
        "ticket_date": day,
        "metal": metal,
        "weight_g": weight,
        "appraised": [f"{v:,.2f}" for v in value],
        "months": months,
        "redeemed": redeemed.astype(int),
    }).to_csv(os.path.join(folder, f"till_{shop}.csv"), index=False)


def load(folder):
    names = sorted(f for f in os.listdir(folder) if f.endswith(".csv"))
    df = pd.concat([pd.read_csv(os.path.join(folder, f)) for f in names], ignore_index=True)
    df["appraised"] = pd.to_numeric(df["appraised"], errors="coerce")  # whynan: nan_in_input phase=data
    df["weight_g"] = df["weight_g"].fillna(df["weight_g"].median())
    df["weekday"] = pd.to_datetime(df["ticket_date"]).dt.dayofweek
    return df


def features(df):
    num = pd.DataFrame({
        "log_value": np.log(df["appraised"]),
        "weight": df["weight_g"],
        "months": df["months"].astype(float),
        "weekend": (df["weekday"] >= 5).astype(float),
    })
    num = (num - num.mean()) / num.std()
    return pd.concat([num, pd.get_dummies(df["metal"], dtype=float)], axis=1)


with tempfile.TemporaryDirectory() as folder:
    for shop in (1, 2, 3):
        till_export(folder, shop, 700)
    df = load(folder)

X = features(df)
y = df["redeemed"].to_numpy("float32")
print(X.shape, "redeemed:", y.mean().round(3))

model = keras.Sequential([
    layers.Input((X.shape[1],)),
    layers.Dense(24, activation="tanh"),
    layers.Dropout(0.1),
    layers.Dense(12, activation="tanh"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X.to_numpy("float32"), y, batch_size=32, epochs=5, verbose=2)
print(model.predict(X.to_numpy("float32")[:5], verbose=0).ravel())
