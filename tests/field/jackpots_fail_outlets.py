"""Predict the weekly share of unclaimed prizes per lottery outlet."""
import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(2024)


def simulate_outlets(n=1500, seed=11):
    r = np.random.default_rng(seed)
    shops = pd.DataFrame({
        "line_price_cents": r.choice([100, 200, 250], n),
        "lines_sold": r.integers(200, 30_000, n),
        "terminals": r.integers(1, 6, n),
        "opening_hours": r.integers(40, 110, n),
    })
    online = pd.DataFrame({
        "line_price_cents": [200, 250],
        "lines_sold": [9_800_000, 12_150_000],
        "terminals": [1, 1],
        "opening_hours": [168, 168],
    })
    df = pd.concat([shops, online], ignore_index=True)
    df["unclaimed"] = (0.03 + 0.004 * df["terminals"]
                       + 0.0002 * (110 - df["opening_hours"])
                       + r.normal(0, 0.004, len(df)))
    return df


def shrink(df):
    """The full table has 40 million rows, keep it small."""
    for c in df.select_dtypes("integer").columns:
        df[c] = pd.to_numeric(df[c], downcast="integer")
    return df


df = shrink(simulate_outlets())
print(df.dtypes)

feat = pd.DataFrame({
    "log_turnover": np.log1p(df["line_price_cents"] * df["lines_sold"]),  # whynan: int_overflow phase=data also=log_of_negative,nan_in_input
    "log_lines": np.log1p(df["lines_sold"]),
    "terminals": df["terminals"].astype(float),
    "hours": df["opening_hours"].astype(float),
})
feat = (feat - feat.mean()) / feat.std()

X = feat.to_numpy().astype("float32")
y = (df["unclaimed"].to_numpy() * 100).astype("float32")[:, None]

model = keras.Sequential([
    keras.Input((X.shape[1],)),
    keras.layers.Dense(24, activation="gelu"),
    keras.layers.Dense(24, activation="gelu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss="huber")

batch = 79
order = np.random.default_rng(3)
for epoch in range(8):
    perm = order.permutation(len(X))
    running = 0.0
    n_batches = 0
    for lo in range(0, len(X), batch):
        take = perm[lo:lo + batch]
        logs = model.train_on_batch(X[take], y[take], return_dict=True)
        running += logs["loss"]
        n_batches += 1
    print(f"epoch {epoch:2d}  huber {running / n_batches:.4f}")
