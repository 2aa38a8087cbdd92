import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(33)


def raw_table(n=500):
    rng = np.random.default_rng(4)
    df = pd.DataFrame({
        "income": rng.lognormal(10, 0.6, n),
        "debt": rng.lognormal(8, 1.0, n) * (rng.uniform(size=n) > 0.2),
        "open_lines": rng.integers(0, 6, n),
        "used_lines": rng.integers(0, 4, n),
        "months_since_delinquency": np.where(rng.uniform(size=n) < 0.8, np.nan, rng.integers(1, 80, n)),
        "grade": rng.choice(["A", "B", "C", None], n),
        "comment": [None] * n,
    })
    df.loc[rng.choice(n, 25, replace=False), "income"] = np.nan
    df["default"] = (df["debt"].values > 4000).astype("float32")
    return df


def engineer(df):
    df = df.copy()
    df["utilisation"] = df["used_lines"] / df["open_lines"]            # inf and NaN for open_lines == 0
    with np.errstate(divide="ignore"):
        df["log_debt"] = np.log(df["debt"])                            # -inf for people without debt
    df["income_change"] = df["income"].pct_change(fill_method=None)
    df["const"] = 1.0
    df["const_z"] = (df["const"] - df["const"].mean()) / df["const"].std()    # 0/0, all NaN
    return df


def clean(df):
    df = df.replace([np.inf, -np.inf], np.nan)
    df = df.dropna(axis=1, thresh=int(0.5 * len(df)))                  # months_since..., comment, const_z go
    grade = pd.get_dummies(df.pop("grade"), prefix="grade", dummy_na=True, dtype="float32")
    missing = df.isna().astype("float32").add_suffix("_missing")
    df = df.fillna(df.median(numeric_only=True))
    spread = df.std().replace(0.0, 1.0)
    df = ((df - df.mean()) / spread).clip(-6, 6)
    return pd.concat([df, missing, grade], axis=1).astype("float32")


df = engineer(raw_table())
print(df.isna().sum()[lambda s: s > 0])
y = df.pop("default").to_numpy()
X = clean(df)
print(X.shape, "NaN left:", int(X.isna().sum().sum()))

net = keras.Sequential([
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
net.fit(X.to_numpy(), y, epochs=8, batch_size=50, validation_split=0.2, verbose=2)
# whynan: healthy
