"""One-day-ahead realised variance of a small exchange's index share, LSTM with QLIKE loss."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(7)
LOOKBACK = 20
BARS = 78  # five-minute bars per trading day


def intraday_prices(days=620):
    rng = np.random.default_rng(40)
    log_sigma = np.zeros(days)
    for d in range(1, days):
        log_sigma[d] = 0.95 * log_sigma[d - 1] + 0.15 * rng.standard_normal()
    bar_returns = 0.001 * np.exp(log_sigma)[:, None] * rng.standard_normal((days, BARS))
    suspended = [231, 232, 415]
    bar_returns[suspended] = 0.0
    return bar_returns


def daily_table(bar_returns):
    pct = 100.0 * bar_returns
    table = pd.DataFrame(index=pd.bdate_range("2021-01-04", periods=len(pct)))
    table["ret"] = pct.sum(axis=1)
    table["rv"] = (pct**2).sum(axis=1)
    table["vol"] = np.sqrt(table["rv"])
    table["absret"] = table["ret"].abs()
    return table


def windows(table):
    feats = table[["ret", "vol", "absret"]].to_numpy("float32")
    target = table["rv"].to_numpy("float32")
    X = np.stack([feats[i : i + LOOKBACK] for i in range(len(feats) - LOOKBACK)])
    y = target[LOOKBACK:]
    return X, y[:, None]


def qlike(rv, h):
    ratio = rv / h
    return tf.reduce_mean(ratio - tf.math.log(ratio) - 1.0, axis=-1)  # whynan: log_of_zero phase=loss also=label_on_boundary rows=211,212,395


table = daily_table(intraday_prices())
X, y = windows(table)
split = 500
X_train, y_train = X[:split], y[:split]
X_test, y_test = X[split:], y[split:]

model = keras.Sequential(
    [
        keras.Input((LOOKBACK, 3)),
        layers.LSTM(16),
        layers.Dense(8, activation="relu"),
        layers.Dense(1, activation="softplus"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=qlike, jit_compile=False)
model.fit(X_train, y_train, batch_size=50, epochs=4, verbose=2)

forecast = model.predict(X_test, verbose=0)
print("test RMSE (variance points):", float(np.sqrt(np.mean((forecast - y_test) ** 2))))
