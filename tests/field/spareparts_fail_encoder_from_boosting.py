"""Delivery time of spare parts, moved from HistGradientBoosting to Keras.

The column transformer is the one of the boosting project, fitted on last year's orders so that the codes stay the
same. On this year's orders the network gives nan after a few steps. The boosting model has no trouble at all.
"""
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

keras.utils.set_random_seed(101)

CATEGORIES = ["supplier", "material", "incoterm"]
NUMBERS = ["weight_kg", "quantity", "unit_price"]
MATERIALS = ["steel", "bronze", "polyamide", "rubber"]
INCOTERMS = ["EXW", "DAP", "FCA"]


@dataclass
class Orders:
    year: int
    n: int
    seed: int

    def frame(self):
        rng = np.random.default_rng(self.seed)
        pace = rng.integers(1, 10, self.n)
        table = pd.DataFrame(
            {
                "supplier": [f"S{k:02d}" for k in pace],
                "material": rng.choice(MATERIALS, self.n),
                "incoterm": rng.choice(INCOTERMS, self.n),
                "weight_kg": rng.lognormal(1.0, 0.8, self.n),
                "quantity": rng.integers(1, 40, self.n),
                "unit_price": rng.lognormal(3.5, 0.6, self.n),
            }
        )
        table["order_date"] = pd.Timestamp(f"{self.year}-01-02") + pd.to_timedelta(np.arange(self.n), unit="D")
        table["days"] = 4 + 1.5 * pace + 0.4 * table["weight_kg"] + rng.normal(0, 1.5, self.n)
        return table


def this_year():
    table = Orders(2024, 180, seed=2).frame()
    # purchasing signed a contract with S10 in January and tries it now and then
    table.loc[[9, 77, 140], "supplier"] = "S10"
    return table


def boosting_preprocessor():
    codes = make_pipeline(
        OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan),
        StandardScaler(),
    )
    return ColumnTransformer([("codes", codes, CATEGORIES), ("numbers", StandardScaler(), NUMBERS)])


history = Orders(2023, 320, seed=1).frame()
prep = boosting_preprocessor().fit(history)
assert np.isfinite(prep.transform(history)).all()

orders = this_year()
assert orders.notna().all().all()
X = np.asarray(prep.transform(orders), dtype="float32")  # whynan: nan_in_input phase=data rows=9,77,140
y = ((orders["days"] - history["days"].mean()) / history["days"].std()).to_numpy(dtype="float32")

model = keras.Sequential(
    [
        keras.Input((X.shape[1],)),
        keras.layers.Dense(32, activation="swish"),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(16, activation="swish"),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mae")
model.fit(X, y, batch_size=20, epochs=6, verbose=2)
print("predicted days:", model.predict(X[:4], verbose=0)[:, 0] * history["days"].std() + history["days"].mean())
