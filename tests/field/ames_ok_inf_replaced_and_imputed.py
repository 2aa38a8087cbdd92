"""Ames style house prices. NumPy prints 'divide by zero encountered in log' and 'invalid value' during the features."""
# whynan: healthy
import keras
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor  # noqa: F401  (used in the notebook)
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler


def ames(n=600):
    rng = np.random.default_rng(1872)
    df = pd.DataFrame({
        "GrLivArea": rng.normal(1500, 400, n).clip(400, 4000),
        "GarageArea": rng.normal(470, 150, n).clip(150, 1200) * (rng.random(n) > 0.08),
        "PoolArea": np.where(rng.random(n) < 0.03, rng.uniform(200, 700, n), 0.0),
        "LotFrontage": np.where(rng.random(n) < 0.18, np.nan, rng.normal(70, 20, n)),
        "TotalBsmtSF": rng.normal(1050, 350, n).clip(300, 3000) * (rng.random(n) > 0.03),
        "BsmtUnfSF": rng.uniform(0, 300, n),
    })
    df.loc[df["TotalBsmtSF"] == 0, "BsmtUnfSF"] = 0.0
    price = 90 * df["GrLivArea"] + 60 * df["GarageArea"] + 30 * df["TotalBsmtSF"] + rng.normal(0, 15000, n)
    return df, np.log(price.clip(lower=20000))


def engineer(df):
    out = df.copy()
    for col in ("GarageArea", "PoolArea", "TotalBsmtSF"):
        out[f"log_{col}"] = np.log(df[col])
    out["unfinished"] = df["BsmtUnfSF"] / df["TotalBsmtSF"]
    return out.replace([np.inf, -np.inf], np.nan)


def make_prep():
    return make_pipeline(
        FunctionTransformer(engineer),
        SimpleImputer(strategy="median", add_indicator=True),
        StandardScaler(),
    )


def make_net(n_in):
    net = keras.Sequential([
        keras.Input((n_in,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1),
    ])
    net.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss="mse")
    return net


df, log_price = ames()
scores = []
for train, test in KFold(3, shuffle=True, random_state=0).split(df):
    keras.utils.set_random_seed(1)
    prep = make_prep()
    X = np.asarray(prep.fit_transform(df.iloc[train]), "float32")
    mu, sd = log_price.iloc[train].mean(), log_price.iloc[train].std()
    z = ((log_price - mu) / sd).to_numpy("float32")
    net = make_net(X.shape[1])
    net.fit(X, z[train], epochs=4, batch_size=32, verbose=0)
    X_test = np.asarray(prep.transform(df.iloc[test]), "float32")
    scores.append(net.evaluate(X_test, z[test], verbose=0))
print("mse per fold", np.round(scores, 3))
