import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(2023)
rng = np.random.default_rng(2023)

# ---- daily portions sold, one csv per branch in the original project ----
OPENED = {
    "Asakusa": "2023-01-01",
    "Ginza": "2023-01-01",
    "Kanda": "2023-05-31",
    "Meguro": "2023-02-10",
    "Ueno": "2023-03-01",
}
frames = []
for name, first in OPENED.items():
    days = pd.date_range(first, "2023-12-31", freq="D")
    doy = days.dayofyear.to_numpy()
    weekend = (days.dayofweek.to_numpy() >= 5).astype(float)
    level = rng.uniform(120, 260)
    sold = level * (1 + 0.25 * np.cos(2 * np.pi * doy / 365) + 0.3 * weekend)
    sold = rng.poisson(sold)
    frames.append(pd.DataFrame({"branch": name, "date": days, "sold": sold}))
df = pd.concat(frames, ignore_index=True)

df["weekday"] = df["date"].dt.dayofweek
df["month"] = df["date"].dt.strftime("%Y-%m")
print(df.groupby("branch")["sold"].describe().round(1))
assert df["sold"].notna().all()

# branches differ a lot and so do the seasons, so scale inside branch and month
by = df.groupby(["branch", "month"])["sold"]
df["z"] = (df["sold"] - by.transform("mean")) / by.transform("std")  # whynan: single_element_variance phase=data also=nan_in_input rows=702

df["wd_sin"] = np.sin(2 * np.pi * df["weekday"] / 7)
df["wd_cos"] = np.cos(2 * np.pi * df["weekday"] / 7)

LOOKBACK = 14


def windows(frame):
    feats = frame[["z", "wd_sin", "wd_cos"]].to_numpy("float32")
    target = frame["z"].to_numpy("float32")
    xs, ys = [], []
    for i in range(len(frame) - LOOKBACK):
        xs.append(feats[i:i + LOOKBACK])
        ys.append(target[i + LOOKBACK])
    return np.stack(xs), np.array(ys)


X, Y = [], []
for _, part in df.groupby("branch"):
    a, b = windows(part.sort_values("date"))
    X.append(a)
    Y.append(b)
X = np.concatenate(X)
Y = np.concatenate(Y)
print("windows:", X.shape, Y.shape)

model = keras.Sequential([
    keras.Input((LOOKBACK, 3)),
    layers.LSTM(24),
    layers.Dropout(0.1),
    layers.Dense(12, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3, clipnorm=1.0), loss="mae")
h = model.fit(X, Y, epochs=4, batch_size=32, verbose=2)

nxt = model.predict(X[-1:], verbose=0)
print("tomorrow (z):", nxt.ravel())
