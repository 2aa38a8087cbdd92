"""Used car prices (in thousand euro) with a small wide & deep network.

I do scale: there is a StandardScaler in the pipeline, prices are already in thousands.
Still the loss is inf after a handful of batches and nan at the end of the first epoch.
A RandomForest on exactly the same matrix gives a very good R2.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)


def make_listings(n=1500):
    age = rng.integers(0, 18, n)
    fuel = rng.choice(["petrol", "diesel", "hybrid", "lpg"], n, p=[0.48, 0.38, 0.1, 0.04])
    gearbox = rng.choice(["manual", "automatic"], n, p=[0.7, 0.3])
    displacement = rng.choice([998, 1197, 1395, 1598, 1798, 1968, 2143, 2993], n)
    power = displacement * rng.uniform(0.05, 0.08, n)
    kerb = 780 + 0.36 * displacement + rng.normal(0, 70, n)
    consumption = 2.6 + displacement / 620 + rng.normal(0, 0.5, n)
    price = (
        4.0
        + 0.19 * power * np.exp(-0.11 * age)
        + 2.2 * (gearbox == "automatic")
        + 3.0 * (fuel == "hybrid")
        + rng.normal(0, 1.0, n)
    )
    return pd.DataFrame(
        {
            "age": age,
            "power_kw": power,
            "consumption": consumption,
            "fuel": fuel,
            "gearbox": gearbox,
            "displacement_cc": displacement,
            "kerb_weight_kg": kerb,
            "price_k": price.clip(0.5),
        }
    )


def preprocessor():
    return ColumnTransformer(
        [
            ("num", StandardScaler(), ["age", "power_kw", "consumption"]),
            ("cat", OneHotEncoder(sparse_output=False), ["fuel", "gearbox"]),
        ],
        remainder="passthrough",
    )


def wide_and_deep(n_inputs):
    inputs = keras.Input((n_inputs,))
    deep = layers.Dense(32, activation="relu")(inputs)
    deep = layers.Dense(16, activation="relu")(deep)
    deep = layers.Dense(1)(deep)
    wide = layers.Dense(1, use_bias=False)(inputs)
    return keras.Model(inputs, layers.Add()([wide, deep]))


listings = make_listings()
y = listings.pop("price_k").to_numpy("float32")
X = preprocessor().fit_transform(listings).astype("float32")
assert np.isfinite(X).all() and np.isfinite(y).all()
print("matrix", X.shape, "price from", y.min(), "to", y.max())

model = wide_and_deep(X.shape[1])
model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
history = model.fit(X, y, batch_size=32, epochs=5, validation_split=0.2, verbose=2)  # whynan: unscaled_input phase=loss|gradient|update also=learning_rate_too_high,exploding_gradient
print(pd.DataFrame(history.history).tail())
