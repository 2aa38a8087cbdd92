"""Up or down tomorrow?  Every epoch I print the Sharpe ratio of a small backtest, and it
says nan (plus a RuntimeWarning about an empty slice).  Is my network full of nan?
"""
# whynan: side_nonfinite
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(44)


def candles(days=1600):
    r = np.random.default_rng(44)
    noise = r.normal(0, 0.011, days)
    ret = np.zeros(days)
    for t in range(1, days):
        ret[t] = 0.0002 + 0.35 * ret[t - 1] + noise[t]
    index = pd.bdate_range("2018-01-02", periods=days)
    close = pd.Series(90 * np.exp(np.cumsum(ret)), index=index)
    volume = pd.Series(1e6 * np.exp(r.normal(0, 0.3, days)), index=index)
    return pd.DataFrame({"close": close, "volume": volume})


def features(df):
    out = pd.DataFrame(index=df.index)
    ret = np.log(df["close"]).diff()
    for lag in range(4):
        out[f"ret_{lag}"] = ret.shift(lag)
    out["week"] = ret.rolling(5).sum()
    out["vola"] = ret.rolling(20).std()
    out["volume"] = np.log(df["volume"]).diff()
    out["tomorrow"] = ret.shift(-1)
    return out.dropna()


class Backtest(keras.callbacks.Callback):
    """Buys only on days on which the network is really sure."""

    def __init__(self, x, returns, sure=0.97):
        super().__init__()
        self.x, self.returns, self.sure = x, returns, sure

    def on_epoch_end(self, epoch, logs=None):
        p = self.model.predict(self.x, verbose=0).ravel()
        gained = self.returns[p > self.sure]
        sharpe = gained.mean() / gained.std() * np.sqrt(252)
        logs["sharpe"] = float(sharpe)
        print(f"epoch {epoch}: loss {logs['loss']:.4f}  trades {len(gained)}  sharpe {sharpe:.2f}")


table = features(candles())
returns = table.pop("tomorrow").to_numpy()
split = int(0.8 * len(table))
mean, std = table[:split].mean(), table[:split].std()
X = ((table - mean) / std).to_numpy("float32")
y = (returns > 0).astype("float32").reshape(-1, 1)
assert np.isfinite(X).all()

model = keras.Sequential(
    [
        keras.Input((X.shape[1],)),
        layers.Dense(16, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
history = model.fit(
    X[:split], y[:split], batch_size=32, epochs=8, verbose=0,
    callbacks=[Backtest(X[split:], returns[split:])],
)
print(pd.DataFrame(history.history))
