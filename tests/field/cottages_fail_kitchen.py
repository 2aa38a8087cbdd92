#!/usr/bin/env python
# coding: utf-8

# # Assignment 3 - predicting cottage prices with a neural network
# Exported from the notebook with "Download as .py"

# In[1]:

import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 7
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


# In[2]: the listings (same columns as the csv from the course page)

n = 1200
df = pd.DataFrame(
    {
        "LotArea": rng.lognormal(9.1, 0.5, n).round(),
        "LotFrontage": rng.normal(70, 20, n).clip(20).round(),
        "LivArea": rng.normal(1450, 420, n).clip(400).round(),
        "YearBuilt": rng.integers(1890, 2011, n),
        "Rooms": rng.integers(3, 10, n),
        "Fireplaces": rng.poisson(0.6, n),
        "KitchenQual": rng.choice(["Ex", "Gd", "TA", "Fa", "Po"], n, p=[0.08, 0.37, 0.45, 0.07, 0.03]),
        "Heating": rng.choice(["Gas", "Wood", "Oil"], n, p=[0.7, 0.2, 0.1]),
        "PoolArea": np.zeros(n),
    }
)
df.loc[rng.choice(n, 190, replace=False), "LotFrontage"] = np.nan
bonus = df["KitchenQual"].isin(["Ex", "Gd"]) * 25000
df["SalePrice"] = (
    20000 + 85 * df["LivArea"] + 1.2 * df["LotArea"] + 300 * (df["YearBuilt"] - 1890)
    + 6000 * df["Fireplaces"] + bonus + rng.normal(0, 12000, n)
).clip(lower=30000)

print(df.head())
print(df.isna().sum())


# In[3]: which columns go with the price?

num = df.select_dtypes("number")
print(num.corr()["SalePrice"].sort_values())   # PoolArea shows NaN, nobody has a pool
df = df.drop(columns=["PoolArea"])


# In[4]: cleaning

df["LotFrontage"] = df["LotFrontage"].fillna(df["LotFrontage"].median())
df["Age"] = 2011 - df["YearBuilt"]
df["LotArea"] = np.log1p(df["LotArea"])

quality = {"Ex": 4, "Gd": 3, "TA": 2, "Fa": 1}
df["KitchenQual"] = df["KitchenQual"].map(quality)  # whynan: nan_in_input phase=data
df = pd.get_dummies(df, columns=["Heating"], dtype=float)

features = [c for c in df.columns if c not in ("SalePrice", "YearBuilt")]
print("features:", features)


# In[5]: train / test split and scaling

X_train, X_test, y_train, y_test = train_test_split(
    df[features].to_numpy("float32"), np.log1p(df["SalePrice"]).to_numpy("float32"),
    test_size=0.2, random_state=SEED,
)
scaler = StandardScaler().fit(X_train)
X_train = scaler.transform(X_train)
X_test = scaler.transform(X_test)


# In[6]: the model from the lecture, a bit wider

model = keras.Sequential(
    [
        layers.Input(shape=(len(features),)),
        layers.Dense(64, activation="relu"),
        layers.Dropout(0.1),
        layers.Dense(32, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", metrics=["mae"])
model.summary()


# In[7]:

history = model.fit(X_train, y_train, epochs=12, batch_size=32, validation_split=0.1, verbose=2)


# In[8]: evaluation in real money

pred = np.expm1(model.predict(X_test, verbose=0).ravel())
real = np.expm1(y_test)
print("mean abs error: %.0f" % np.mean(np.abs(pred - real)))
print("guessing the median: %.0f" % np.mean(np.abs(np.median(real) - real)))
print("best epoch:", int(np.argmin(history.history["loss"])) + 1)
