# jet kerosene: 5-day-ahead return from the last ten days of returns (brent, kerosene, crack spread)
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

n = 900
dates = pd.bdate_range("2018-06-01", periods=n)
t = np.arange(n)


def slow_noise(scale, span=30):
    return pd.Series(rng.normal(0, scale, n)).ewm(span=span).mean().to_numpy()


brent = 65 + 10 * np.sin(2 * np.pi * t / 400) + slow_noise(6) + rng.normal(0, 0.5, n)
demand_shock = 22.0 * np.exp(-(((t - 385) / 8.0) ** 2))
crack = 12 + 2.5 * np.sin(2 * np.pi * t / 250) + rng.normal(0, 0.4, n) - demand_shock
daily = pd.DataFrame({"brent": brent, "kerosene": brent + crack}, index=dates)
daily["crack"] = daily["kerosene"] - daily["brent"]

feats = 100 * np.log(daily[["brent", "kerosene", "crack"]]).diff()  # whynan: log_of_negative phase=data also=nan_in_input
feats.columns = ["r_brent", "r_kero", "r_crack"]
feats["vol20"] = feats["r_kero"].rolling(20).std()
fwd = 100 * (daily["kerosene"].shift(-5) / daily["kerosene"] - 1)

# warm-up of the rolling window at the start, look-ahead at the end
feats, fwd = feats.iloc[20:-5], fwd.iloc[20:-5]

LOOKBACK = 10
values = feats.to_numpy("float32") / np.array([1.5, 1.5, 5.0, 1.5], "float32")
windows = np.lib.stride_tricks.sliding_window_view(values, LOOKBACK, axis=0)
X = np.ascontiguousarray(windows.transpose(0, 2, 1))
y = fwd.to_numpy("float32")[LOOKBACK - 1:] / 4.0

cut = 650
X_tr, y_tr = X[:cut], y[:cut]
X_te, y_te = X[cut:], y[cut:]
print("train", X_tr.shape, "test", X_te.shape)

model = keras.Sequential([
    layers.Input((LOOKBACK, X.shape[-1])),
    layers.GRU(16),
    layers.Dense(8, activation="tanh"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")

for epoch in range(5):
    order = rng.permutation(cut)
    losses = []
    for s in range(0, cut, 65):
        take = order[s:s + 65]
        losses.append(float(model.train_on_batch(X_tr[take], y_tr[take])))
    print(f"epoch {epoch}: train mse {np.mean(losses):.4f}")

p = model.predict(X_te, verbose=0)[:, 0]
print("hit rate", np.mean(np.sign(p) == np.sign(y_te)))
