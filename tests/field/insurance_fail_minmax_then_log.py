"""Annual claim cost with a scikit-learn preprocessing pipeline in front of a small Keras net.

income and balance are very skewed, so they go MinMax -> log; the rest is standardised / one-hot encoded.
"""
import keras
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, OneHotEncoder, StandardScaler

SEED = 7
keras.utils.set_random_seed(SEED)

SKEWED = ["income", "balance"]
PLAIN = ["age", "children", "bmi"]
NOMINAL = ["region", "smoker"]


def load_policies(n=400):
    rng = np.random.default_rng(SEED)
    frame = pd.DataFrame({
        "income": rng.lognormal(10.4, 0.8, n).round(2),
        "balance": rng.lognormal(7.0, 1.3, n).round(2),
        "age": rng.integers(18, 66, n),
        "children": rng.integers(0, 5, n),
        "bmi": rng.normal(29, 6, n).round(1),
        "region": rng.choice(["north", "east", "south", "west"], n),
        "smoker": rng.choice(["yes", "no"], n, p=[0.2, 0.8]),
    })
    cost = 0.03 * frame["age"] + 1.4 * (frame["smoker"] == "yes") + 0.02 * frame["bmi"] + rng.normal(0, 0.3, n)
    return frame, cost - cost.mean()


def unskew(block):
    return np.log(block)  # whynan: inf_in_input phase=data rows=139,279 also=log_of_zero


def make_preprocessor():
    skewed = Pipeline([
        ("range", MinMaxScaler()),
        ("log", FunctionTransformer(unskew)),
    ])
    return ColumnTransformer([
        ("skewed", skewed, SKEWED),
        ("plain", StandardScaler(), PLAIN),
        ("nominal", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), NOMINAL),
    ])


def make_model(width, depth=2):
    inputs = keras.Input((width,))
    h = inputs
    for _ in range(depth):
        h = keras.layers.Dense(32, activation="gelu")(h)
    return keras.Model(inputs, keras.layers.Dense(1)(h))


def main():
    frame, cost = load_policies()
    train_frame, test_frame, y_train, y_test = train_test_split(frame, cost, test_size=0.25, random_state=SEED)
    preprocessor = make_preprocessor()
    x_train = preprocessor.fit_transform(train_frame).astype("float32")
    x_test = preprocessor.transform(test_frame).astype("float32")
    print("nan in training features:", np.isnan(x_train).sum())      # 0, so the data is fine?

    model = make_model(x_train.shape[1])
    model.compile(keras.optimizers.Adam(1e-3), "mae")
    model.fit(x_train, y_train.to_numpy("float32"), epochs=4, batch_size=25, verbose=2)
    print("test", model.evaluate(x_test, y_test.to_numpy("float32"), verbose=0))


if __name__ == "__main__":
    main()
