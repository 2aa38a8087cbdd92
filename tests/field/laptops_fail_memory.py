import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(11)


def reduce_mem_usage(df):
    """from a Kaggle kernel"""
    start = df.memory_usage().sum() / 1024
    for col in df.select_dtypes("number").columns:
        lo, hi = df[col].min(), df[col].max()
        if df[col].dtype.kind == "i":
            for t in (np.int8, np.int16, np.int32):
                if lo > np.iinfo(t).min and hi < np.iinfo(t).max:
                    df[col] = df[col].astype(t)
                    break
        else:
            for t in (np.float16, np.float32):
                if lo > np.finfo(t).min and hi < np.finfo(t).max:
                    df[col] = df[col].astype(t)
                    break
    print(f"memory {start:.0f} KB -> {df.memory_usage().sum() / 1024:.0f} KB")
    return df


def load_orders(n=3000):
    rng = np.random.default_rng(11)
    df = pd.DataFrame({
        "price": rng.choice([449.0, 699.0, 999.0, 1299.0, 1899.0, 2399.0], n),
        "units": rng.choice([1, 1, 1, 1, 2, 3], n),
        "rating": rng.uniform(2.5, 5.0, n),
        "ram": rng.choice([8, 16, 32], n),
        "weight": rng.normal(1.6, 0.3, n),
        "delivery_days": rng.integers(1, 15, n),
    })
    schools = np.arange(97, n, 353)
    df.loc[schools, "units"] = 60
    df.loc[schools, "price"] = 1299.0
    z = 1.2 * (3.7 - df["rating"]) + 0.12 * (df["delivery_days"] - 7) - 1.0
    df["returned"] = (rng.random(n) < 1 / (1 + np.exp(-z))).astype("int64")
    return df


orders = reduce_mem_usage(load_orders())

orders["revenue"] = orders["price"] * orders["units"]  # whynan: float16_overflow phase=data also=inf_in_input rows=97,450,803,1156,1509,1862,2215
orders["log_revenue"] = np.log1p(orders["revenue"])
orders["log_price"] = np.log1p(orders["price"])
orders["slow"] = (orders["delivery_days"] > 7).astype("int8")

use = ["log_revenue", "log_price", "rating", "ram", "weight", "delivery_days", "slow"]
X = orders[use].to_numpy("float32")
X[:, 3] /= 16.0
X[:, 5] /= 7.0
y = orders["returned"].to_numpy("float32")

model = keras.Sequential([
    keras.layers.Input((X.shape[1],)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(X, y, validation_split=0.2, batch_size=128, epochs=5, verbose=2)

importance = np.abs(model.layers[0].get_weights()[0]).sum(axis=1)
for name, v in sorted(zip(use, importance), key=lambda p: -p[1]):
    print(f"{name:15s} {v:.3f}")
