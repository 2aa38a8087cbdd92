"""Yield of fields from soil samples. val_loss is nan in every epoch although the training loss goes down nicely."""
# whynan: side_nonfinite
import keras
import numpy as np
import pandas as pd
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler

keras.utils.set_random_seed(3)
COLUMNS = ["nitrogen", "phosphorus", "potassium", "rain"]


def fields(years, per_year=60, seed=4):
    rng = np.random.default_rng(seed)
    parts = []
    for year in years:
        dry = 0.45 if year == 2022 else 1.0     # the drought
        part = pd.DataFrame({
            "year": year,
            "nitrogen": rng.gamma(4, 9, per_year),
            "phosphorus": rng.gamma(3, 7, per_year),
            "potassium": rng.gamma(5, 20, per_year),
            "rain": rng.uniform(380, 720, per_year) * dry,
        })
        part["yield"] = 3 + 0.02 * part["nitrogen"] + 0.005 * part["rain"] + rng.normal(0, 0.3, per_year)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def square_root(block):
    """Stabilises the variance of the counts."""
    return np.sqrt(block)


def net():
    inputs = keras.Input((len(COLUMNS),))
    h = keras.layers.Dense(24, activation="tanh")(inputs)
    h = keras.layers.Dense(24, activation="tanh")(h)
    return keras.Model(inputs, keras.layers.Dense(1)(h))


table = fields([2018, 2019, 2020, 2021, 2022])
train = table[table["year"] < 2022]
check = table[table["year"] == 2022]

scale = make_pipeline(MinMaxScaler(), FunctionTransformer(square_root))
x_train = scale.fit_transform(train[COLUMNS]).astype("float32")
x_check = scale.transform(check[COLUMNS]).astype("float32")
centre = train["yield"].mean()

model = net()
model.compile(keras.optimizers.Adam(3e-3), "mse")
history = model.fit(x_train, (train["yield"] - centre).to_numpy("float32"),
                    validation_data=(x_check, (check["yield"] - centre).to_numpy("float32")),
                    batch_size=24, epochs=5, verbose=2)
print("loss", history.history["loss"][-1], "val", history.history["val_loss"][-1])
