"""Credit scorecard with weight-of-evidence features and a small net on top.

Same encoder as in our logistic regression notebook (R&D), there sklearn complained about
"Input contains infinity", here keras simply trains to nan.
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(30)

PURPOSES = ["car", "furniture", "education", "business", "repairs", "retraining"]
HOUSING = ["own", "rent", "free"]


def read_applications(n=1100, seed=30):
    rng = np.random.default_rng(seed)
    df = pd.DataFrame({
        "purpose": rng.choice(PURPOSES[:5], n, p=[0.35, 0.25, 0.1, 0.2, 0.1]),
        "housing": rng.choice(HOUSING, n, p=[0.6, 0.3, 0.1]),
        "amount": rng.lognormal(8.0, 0.6, n),
        "months": rng.integers(6, 60, n),
        "age": rng.integers(20, 70, n),
    })
    p = 0.12 + 0.2 * (df["purpose"] == "business") + 0.15 * (df["housing"] == "rent") + 0.002 * df["months"]
    df["default"] = (rng.random(n) < p).astype(int)
    rare = [61, 404, 770]
    df.loc[rare, "purpose"] = "retraining"
    df.loc[rare, "default"] = 0
    return df


class WoEEncoder:
    """woe = ln(share of bads / share of goods) of every category."""

    def __init__(self, columns):
        self.columns = columns
        self.tables_ = {}

    def _shares(self, values, target):
        tab = pd.crosstab(values, target)
        return tab / tab.sum()

    def fit(self, df, target):
        for col in self.columns:
            share = self._shares(df[col], target)
            self.tables_[col] = np.log(share[1] / share[0])  # whynan: log_of_zero phase=data rows=14,387,413 also=inf_in_input
        return self

    def information_value(self, df, target):
        iv = {}
        for col in self.columns:
            share = self._shares(df[col], target)
            iv[col] = ((share[1] - share[0]).mul(self.tables_[col])).replace(np.inf, 0).sum()
        return pd.Series(iv).sort_values(ascending=False)

    def transform(self, df):
        return df.assign(**{f"woe_{c}": df[c].map(self.tables_[c]).astype(float) for c in self.columns})


def bin_numeric(df, cols, q=5):
    return df.assign(**{f"{c}_bin": pd.qcut(df[c], q, labels=False).astype(str) for c in cols})


def matrix(df):
    return df.filter(regex="^woe_").to_numpy(dtype="float32")


applications = read_applications().pipe(bin_numeric, ["amount", "months", "age"])
shuffled = applications.sample(frac=1.0, random_state=1).reset_index(drop=True)
train, valid = shuffled.iloc[:880], shuffled.iloc[880:]

encoder = WoEEncoder(["purpose", "housing", "amount_bin", "months_bin", "age_bin"])
encoder.fit(train, train["default"])
X, y = matrix(encoder.transform(train)), train["default"].to_numpy("float32")

model = keras.Sequential([
    keras.Input(shape=(X.shape[1],)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(8, activation="tanh"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X, y, batch_size=40, epochs=6, verbose=2)
