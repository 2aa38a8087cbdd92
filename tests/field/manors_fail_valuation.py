"""Country house valuation. Asking price from the estate agent's sheet, plain Keras MLP."""
import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler

keras.utils.set_random_seed(1234)

COUNTIES = ["Kent", "Devon", "Norfolk", "Cumbria"]


def agent_sheet(n=1500, seed=13):
    rng = np.random.default_rng(seed)
    df = pd.DataFrame(
        {
            "bedrooms": rng.integers(5, 16, n),
            "floor_m2": rng.gamma(8, 60, n) + 200,
            "acres": rng.gamma(2, 6, n),
            "year_built": rng.integers(1540, 1910, n),
            "listed_grade": rng.integers(0, 4, n),
            "km_to_station": rng.exponential(9, n),
            "county": rng.choice(COUNTIES, n),
        }
    )
    county_factor = df["county"].map({"Kent": 1.4, "Devon": 1.1, "Norfolk": 0.9, "Cumbria": 0.8})
    base = 900 * df["floor_m2"] + 22_000 * df["acres"] + 35_000 * df["bedrooms"]
    price = county_factor * base - 4_000 * df["km_to_station"]
    price *= np.exp(rng.normal(0, 0.12, n))
    df["asking_price"] = price.clip(lower=150_000).round(-3)
    return df


def preprocess(df):
    numeric = ["bedrooms", "floor_m2", "acres", "year_built", "listed_grade", "km_to_station"]
    pipe = ColumnTransformer(
        [
            ("num", StandardScaler(), numeric),
            ("cat", OneHotEncoder(sparse_output=False), ["county"]),
        ]
    )
    X = pipe.fit_transform(df).astype("float32")
    y = df["asking_price"].to_numpy("float32")
    return X, y


df = agent_sheet()
print(df[["floor_m2", "acres", "asking_price"]].describe().round(1))
X, y = preprocess(df)
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.2, random_state=0)

model = keras.Sequential(
    [
        keras.Input((X.shape[1],)),
        layers.Dense(64, activation="leaky_relu"),
        layers.Dense(32, activation="leaky_relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer="sgd", loss="mse", metrics=["mae"], jit_compile=False)
model.fit(X_tr, y_tr, batch_size=32, epochs=5, verbose=2)  # whynan: unscaled_target phase=loss|update|gradient|forward also=learning_rate_too_high,exploding_gradient

pred = model.predict(X_te, verbose=0)[:, 0]
print("median error", np.median(np.abs(pred - y_te) / y_te))
