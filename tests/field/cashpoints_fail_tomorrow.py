# next-day cash demand per ATM, so the van can be planned the evening before
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

ATMS = [f"ATM-{i:03d}" for i in range(12)]
DAYS = pd.date_range("2023-03-01", periods=90, freq="D")

idx = pd.MultiIndex.from_product([ATMS, DAYS], names=["atm", "day"])
df = idx.to_frame(index=False)
base = dict(zip(ATMS, rng.uniform(4000, 15000, len(ATMS))))
weekly = np.array([0.9, 0.85, 0.9, 1.0, 1.35, 1.4, 0.7])
df["amount"] = (
    df["atm"].map(base).astype(float)
    * weekly[df["day"].dt.dayofweek]
    * np.where(df["day"].dt.day >= 27, 1.25, 1.0)
    * rng.lognormal(0, 0.15, len(df))
).round(-1)

# ---------------------------------------------------------------- features
per_atm = df.groupby("atm")["amount"]
df["lag1"] = per_atm.shift(1)
df["lag7"] = per_atm.shift(7)
df["week_mean"] = per_atm.transform(lambda s: s.rolling(7).mean())
df["target"] = per_atm.shift(-1)  # whynan: nan_in_label phase=data rows=82,165,248,331,414,497,580,663,746,829,912,995
df["dow_sin"] = np.sin(2 * np.pi * df["day"].dt.dayofweek / 7)
df["dow_cos"] = np.cos(2 * np.pi * df["day"].dt.dayofweek / 7)
df["payday"] = (df["day"].dt.day >= 26).astype(float)

feature_cols = ["amount", "lag1", "lag7", "week_mean", "dow_sin", "dow_cos", "payday"]
df = df.dropna(subset=feature_cols).reset_index(drop=True)
print(len(df), "rows after dropping the warm-up week")

money = ["amount", "lag1", "lag7", "week_mean"]
df[money] = df[money] / 10000.0
X = df[feature_cols].to_numpy(dtype=np.float32)
y = (df["target"].to_numpy() / 10000.0).astype(np.float32).reshape(-1, 1)

# ---------------------------------------------------------------- model
model = keras.Sequential([
    layers.Input(shape=(len(feature_cols),)),
    layers.Dense(40, activation="swish"),
    layers.Dense(20, activation="swish"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss="mean_absolute_error")

BATCH = 32
for epoch in range(10):
    perm = rng.permutation(len(X))
    epoch_loss = 0.0
    for k in range(0, len(perm), BATCH):
        rows = perm[k:k + BATCH]
        logs = model.train_on_batch(X[rows], y[rows], return_dict=True)
        epoch_loss = float(logs["loss"])
    print("epoch", epoch, "mae", round(epoch_loss * 10000, 1), "EUR")

last = df.groupby("atm").tail(1)
plan = model.predict(last[feature_cols].to_numpy(dtype=np.float32), verbose=0)[:, 0] * 10000
for name, amount in zip(last["atm"], plan):
    print(f"{name}: load {amount:9.0f} EUR")
