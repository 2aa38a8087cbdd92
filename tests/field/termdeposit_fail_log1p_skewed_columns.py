"""Term deposit campaign, my copy of the usual Kaggle recipe (fill gaps, unskew, dummies, scale).

df.isna().sum() is all zeros right after the imputation cell, but fit prints
loss: nan from the very first epoch and accuracy is just the share of "no".
"""
import warnings

import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

warnings.filterwarnings("ignore")
keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

# --- 1. the table (same columns as the bank export) -------------------------
n = 900
balance = rng.lognormal(6.6, 1.1, n).round(2)
overdrawn = rng.random(n) < 0.06
balance[overdrawn] = -rng.uniform(25, 880, overdrawn.sum()).round(2)

df = pd.DataFrame({
    "age": rng.normal(41, 10, n).clip(18, 88).round(),
    "balance": balance,
    "duration": rng.gamma(1.6, 160, n).round(),
    "campaign": 1 + rng.poisson(1.3, n),
    "previous": rng.poisson(0.5, n),
    "day": rng.integers(1, 29, n),
    "job": rng.choice(["admin", "blue-collar", "technician", "retired", "student"], n),
    "marital": rng.choice(["married", "single", "divorced"], n, p=[0.6, 0.28, 0.12]),
    "housing": rng.choice(["yes", "no"], n),
})
score = 0.004 * df["duration"] + 0.25 * df["previous"] - 0.3 * df["campaign"] + 0.02 * (df["age"] - 41)
df["y"] = (score + rng.logistic(0, 0.7, n) > 1.4).astype("int64")
df.loc[rng.choice(n, 30, replace=False), "duration"] = np.nan
df.loc[rng.choice(n, 20, replace=False), "age"] = np.nan

# --- 2. missing values -------------------------------------------------------
numeric = ["age", "balance", "duration", "campaign", "previous", "day"]
df[numeric] = df[numeric].fillna(df[numeric].median())
assert df[numeric].isna().sum().sum() == 0

# --- 3. unskew ---------------------------------------------------------------
skewness = df[numeric].skew()
skewed = skewness[skewness.abs() > 0.75].index.tolist()
print("log-transforming", skewed)
df[skewed] = np.log1p(df[skewed])  # whynan: log_of_negative phase=data also=nan_in_input

# --- 4. dummies and scaling --------------------------------------------------
X = pd.get_dummies(df.drop(columns="y"), columns=["job", "marital", "housing"]).astype("float64")
X = (X - X.mean()) / X.std()
X_train, X_test, y_train, y_test = train_test_split(
    X.to_numpy("float32"), df["y"].to_numpy("float32"), test_size=0.2, random_state=1, stratify=df["y"]
)

# --- 5. network --------------------------------------------------------------
model = keras.Sequential([
    keras.layers.Input((X_train.shape[1],)),
    keras.layers.Dense(32, activation="selu", kernel_initializer="lecun_normal"),
    keras.layers.Dense(16, activation="selu", kernel_initializer="lecun_normal"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(X_train, y_train, validation_data=(X_test, y_test), epochs=5, batch_size=32, verbose=2)

# --- 6. submission -----------------------------------------------------------
p = model.predict(X_test, verbose=0)[:, 0]
print("predicted yes:", int((p > 0.5).sum()), "of", len(p))
