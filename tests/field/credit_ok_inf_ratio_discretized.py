"""Default of small loans. debt / income is inf for people without income; the ratio is bucketed inside the model."""
# whynan: healthy
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(50)
RATIO_EDGES = [0.05, 0.1, 0.2, 0.35, 0.5, 0.8, 1.5, 4.0]
AGE_EDGES = [25.0, 32.0, 40.0, 50.0, 63.0]


def applications(n=400, seed=51):
    rng = np.random.default_rng(seed)
    income = rng.lognormal(7.6, 0.6, n).round()
    income[rng.random(n) < 0.08] = 0.0
    debt = rng.lognormal(6.2, 0.9, n).round() + 1.0
    frame = pd.DataFrame({"income": income, "debt": debt, "age": rng.integers(19, 80, n)})
    risk = np.where(income == 0, 1.2, np.clip(debt / np.maximum(income, 1.0), 0, 2) - 0.8)
    frame["default"] = (rng.random(n) < 1 / (1 + np.exp(-2 * risk))).astype("float32")
    return frame


def ratio(frame):
    r = frame["debt"] / frame["income"]
    print("people without income:", int(np.isinf(r).sum()))
    return r


def bucketed(name, edges, width):
    """Scalar -> bucket -> small embedding; the last bucket is open at the top."""
    scalar = keras.Input((1,), name=name)
    bucket = layers.Discretization(bin_boundaries=edges, output_mode="one_hot")(scalar)
    return scalar, layers.Dense(width, use_bias=False, name=name + "_embedding")(bucket)


frame = applications()
features = {"ratio": ratio(frame).to_numpy("float32")[:, None],
            "age": frame["age"].to_numpy("float32")[:, None],
            "log_income": np.log1p(frame["income"]).to_numpy("float32")[:, None] / 10.0}

ratio_in, ratio_vector = bucketed("ratio", RATIO_EDGES, 6)
age_in, age_vector = bucketed("age", AGE_EDGES, 4)
income_in = keras.Input((1,), name="log_income")
h = layers.Concatenate()([ratio_vector, age_vector, income_in])
h = layers.Dense(24, activation="relu")(h)
output = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model({"ratio": ratio_in, "age": age_in, "log_income": income_in}, output)
model.compile(keras.optimizers.Adam(5e-3), "binary_crossentropy", metrics=["accuracy"])
model.fit(features, frame["default"].to_numpy(), epochs=6, batch_size=40, verbose=2)
