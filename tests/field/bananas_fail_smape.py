import numpy as np
import pandas as pd
import keras
from keras import layers, ops

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

# ---- daily crates of bananas sold per corner shop -------------------------------------
n_shops, n_days = 14, 180
rows = []
for shop in range(n_shops):
    level = rng.uniform(0.8, 4.0)
    for day in range(n_days):
        dow = day % 7
        price = 1.2 + 0.2 * np.sin(day / 20) + rng.normal(0, 0.05)
        temp = 12 + 9 * np.sin(2 * np.pi * day / 365) + rng.normal(0, 2)
        closed = dow == 6
        mu = level * (1.3 if dow in (4, 5) else 1.0) * np.exp(-1.5 * (price - 1.2)) * (1 + 0.01 * (temp - 12))
        sold = 0 if closed else rng.poisson(mu)
        rows.append((shop, day, dow, price, temp, sold))
df = pd.DataFrame(rows, columns=["shop", "day", "dow", "price", "temp", "crates"])

df["lag7"] = df.groupby("shop")["crates"].shift(7)
df["mean14"] = df.groupby("shop")["crates"].transform(lambda s: s.shift(1).rolling(14).mean())
df = df.dropna().reset_index(drop=True)

num = ["price", "temp", "lag7", "mean14"]
df[num] = (df[num] - df[num].mean()) / df[num].std()
X = np.hstack([df[num].to_numpy(), np.eye(7)[df["dow"]], np.eye(n_shops)[df["shop"]]]).astype("float32")
y = df["crates"].to_numpy("float32").reshape(-1, 1)

train = df["day"].to_numpy() < 150
print("train rows", train.sum(), "test rows", (~train).sum())


# the planning department wants sMAPE, so optimise sMAPE
def smape(y_true, y_pred):
    num_ = ops.abs(y_true - y_pred)
    den_ = (ops.abs(y_true) + ops.abs(y_pred)) / 2.0
    return 100.0 * ops.mean(num_ / den_)  # whynan: divide_by_zero phase=loss


inputs = keras.Input(shape=(X.shape[1],))
h = layers.Dense(48, activation="tanh")(inputs)
h = layers.Dense(24, activation="tanh")(h)
# crates cannot be negative
output = layers.Dense(1, activation="relu")(h)
model = keras.Model(inputs, output)

model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss=smape)
history = model.fit(X[train], y[train], batch_size=64, epochs=6, verbose=2)

fc = model.predict(X[~train], verbose=0)
print("test MAE (crates):", float(np.mean(np.abs(fc - y[~train]))))
print(pd.Series(history.history["loss"]).round(3).tolist())
