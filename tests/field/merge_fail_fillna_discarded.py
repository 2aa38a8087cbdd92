"""Basket value model. Customer attributes come from a second CSV exported by the CRM."""
import os
import tempfile

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
tmp = tempfile.mkdtemp()

# --- what the two exports look like -------------------------------------
n = 400
orders = pd.DataFrame({
    "order_id": np.arange(n),
    "customer_id": rng.integers(0, 60, n),
    "n_items": rng.integers(1, 9, n),
    "hour": rng.integers(0, 24, n),
})
orders.loc[[12, 155, 301], "customer_id"] = 9999      # guest checkout
customers = pd.DataFrame({
    "customer_id": np.arange(60),
    "age": rng.integers(18, 80, 60),
    "tenure_months": rng.integers(1, 120, 60),
})
orders.to_csv(os.path.join(tmp, "orders.csv"), index=False)
customers.to_csv(os.path.join(tmp, "customers.csv"), index=False)
basket = (5.0 + 3.0 * orders["n_items"] + rng.normal(0, 1, n)).to_numpy("float32") / 10.0


def load(folder):
    o = pd.read_csv(os.path.join(folder, "orders.csv"))
    c = pd.read_csv(os.path.join(folder, "customers.csv"))
    df = o.merge(c, on="customer_id", how="left")  # whynan: nan_in_input phase=data rows=12,155,301
    feats = df[["n_items", "hour", "age", "tenure_months"]]
    feats.fillna(feats.median())          # should be clean now
    return feats.to_numpy("float32")


X = load(tmp)
norm = keras.layers.Normalization()
norm.adapt(X)

model = keras.Sequential([
    keras.Input((4,)),
    norm,
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1),
])
model.compile("adam", "mse", metrics=["mae"])
model.fit(X, basket, epochs=5, batch_size=32, verbose=2)
