"""Titanic baseline: sklearn feature pipeline + small Keras net.
After the first epoch loss is nan, the same pipeline works with LightGBM."""
import keras
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(42)
DECKS = {"U": 0, "A": 1, "B": 2, "C": 3, "D": 4, "E": 5, "F": 6, "G": 7}


def load_passengers(n=891):
    rng = np.random.default_rng(1912)
    letters = np.array(list("ABCDEFG"))
    cabin = [f"{rng.choice(letters)}{rng.integers(1, 130)}" if rng.random() < 0.25 else None for _ in range(n)]
    cabin[339] = "T"
    df = pd.DataFrame({
        "Pclass": rng.integers(1, 4, n),
        "Sex": rng.choice(["male", "female"], n, p=[0.65, 0.35]),
        "Age": np.where(rng.random(n) < 0.2, np.nan, rng.normal(30, 13, n).clip(0.4, 80)),
        "SibSp": rng.poisson(0.5, n),
        "Parch": rng.poisson(0.4, n),
        "Fare": rng.lognormal(2.9, 0.9, n),
        "Cabin": cabin,
    })
    score = 1.8 * (df["Sex"] == "female") - 0.7 * df["Pclass"] + rng.normal(0, 1, n)
    df["Survived"] = (score > -0.6).astype(int)
    return df


class TitanicFeatures(TransformerMixin, BaseEstimator):
    def fit(self, df, y=None):
        self.age_median_ = df["Age"].median()
        return self

    def _deck(self, cabin):
        letter = cabin.fillna("U").str[0]
        return letter.map(DECKS)  # whynan: nan_in_input phase=data rows=339

    def transform(self, df):
        out = pd.DataFrame(index=df.index)
        out["sex"] = df["Sex"].map({"male": 0, "female": 1})
        out["age"] = df["Age"].fillna(self.age_median_)
        out["pclass"] = df["Pclass"]
        out["family"] = df["SibSp"] + df["Parch"] + 1
        out["fare"] = np.log1p(df["Fare"])
        out["deck"] = self._deck(df["Cabin"])
        return out


def build_model(n_features):
    inputs = keras.Input((n_features,))
    x = keras.layers.Dense(32, activation="selu")(inputs)
    x = keras.layers.Dropout(0.2)(x)
    x = keras.layers.Dense(16, activation="selu")(x)
    outputs = keras.layers.Dense(1, activation="sigmoid")(x)
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
    return model


train_df = load_passengers().iloc[:712]
prep = Pipeline([("features", TitanicFeatures()), ("scale", StandardScaler())])
X = prep.fit_transform(train_df).astype("float32")
y = train_df["Survived"].to_numpy("float32")

model = build_model(X.shape[1])
model.fit(X, y, epochs=4, batch_size=32, verbose=2)
