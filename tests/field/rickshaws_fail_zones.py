"""Fare model for e-rickshaw rides. The operator sends one export per month; the model
is kept warm and simply trained further on each new month."""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

ZONES = {"bazaar": 1.0, "fort": 1.4, "ghat": 1.1, "hospital": 0.9, "lakeside": 1.6, "station": 1.2, "university": 0.8}
PAYMENTS = ["cash", "upi", "card"]
FERRY_BREAK = (7, 8)
BATCH = 64


def export(month):
    """What the dispatch system would have written for this month."""
    n = int(rng.integers(420, 560))
    names = [z for z in ZONES if z != "ghat" or month not in FERRY_BREAK]
    rides = pd.DataFrame({
        "zone": rng.choice(names, n),
        "payment": rng.choice(PAYMENTS, n, p=[0.45, 0.43, 0.12]),
        "km": rng.gamma(3.0, 1.4, n).round(2),
        "hour": rng.integers(6, 23, n),
    })
    rides["minutes"] = (rides["km"] * rng.normal(4.2, 0.5, n) + rng.gamma(2.0, 1.5, n)).round(1)
    rides["fare"] = (15 + 9 * rides["km"] * rides["zone"].map(ZONES) + 0.6 * rides["minutes"]
                     + np.where(rides["hour"] > 20, 10, 0) + rng.normal(0, 4, n)).round()
    return rides


class Features:
    def __init__(self):
        self.columns = None

    def __call__(self, rides):
        cats = pd.get_dummies(rides[["zone", "payment"]])
        if self.columns is None:
            self.columns = cats.columns
        cats = cats.reindex(columns=self.columns)  # whynan: nan_in_input phase=data
        nums = (rides[["km", "minutes", "hour"]] - [4.2, 20.0, 14.0]) / [2.4, 11.0, 5.0]
        return pd.concat([nums, cats], axis=1).to_numpy("float32")


def build(width):
    model = keras.Sequential([
        layers.Input((width,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1),
    ])
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
    return model


features = Features()
model = None
for month in range(1, 11):
    rides = export(month)
    x = features(rides)
    y = rides["fare"].to_numpy("float32")[:, None] / 50
    if model is None:
        model = build(x.shape[1])
    losses = []
    for sweep in range(3):
        order = rng.permutation(len(x))
        for start in range(0, len(x) - BATCH + 1, BATCH):
            pick = order[start:start + BATCH]
            loss, mae = model.train_on_batch(x[pick], y[pick])
            losses.append(float(loss))
    print(f"month {month:2d}  rides {len(x)}  loss {np.mean(losses):.4f}  mae {50 * float(mae):.1f} rupees")
