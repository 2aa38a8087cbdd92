"""Next-day direction from technical indicators (stochastic oscillator, momentum, volatility)."""
import logging

import keras
import numpy as np
import pandas as pd

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("halt")
keras.utils.set_random_seed(5)

CONFIG = {"period": 14, "smooth": 3, "units": 24, "rate": 2e-3, "epochs": 5}


def simulated_quotes(days=320, halt=slice(90, 114)):
    """Daily bars. The exchange suspended the share for 24 sessions; the vendor repeats the last price."""
    rng = np.random.default_rng(17)
    close = 40.0 * np.exp(np.cumsum(rng.normal(0.0004, 0.015, days)))
    high = close * (1 + np.abs(rng.normal(0.004, 0.003, days)) + 0.001)
    low = close * (1 - np.abs(rng.normal(0.004, 0.003, days)) - 0.001)
    volume = rng.integers(10_000, 90_000, days).astype(float)
    for series in (high, low, close):
        series[halt] = close[halt.start - 1]
    volume[halt] = 0.0
    index = pd.bdate_range("2021-01-04", periods=days)
    return pd.DataFrame({"high": high, "low": low, "close": close, "volume": volume}, index=index)


class Indicators:
    def __init__(self, quotes, period, smooth):
        self.quotes = quotes
        self.period = period
        self.smooth = smooth

    def stochastic(self):
        lowest = self.quotes["low"].rolling(self.period).min()
        highest = self.quotes["high"].rolling(self.period).max()
        k = (self.quotes["close"] - lowest) / (highest - lowest)  # whynan: zero_variance_normalisation phase=data rows=88,89,90,91,92,93,94,95,96,97,98,99,100 also=divide_by_zero,nan_in_input
        return k, k.rolling(self.smooth).mean()

    def momentum(self):
        return self.quotes["close"].pct_change(5) * 10.0

    def turnover(self):
        return np.log1p(self.quotes["volume"]) / 12.0

    def table(self):
        k, d = self.stochastic()
        frame = pd.DataFrame({"k": k, "d": d, "mom": self.momentum(), "vol": self.turnover()})
        # the first rows have no full window yet
        warm_up = self.period + self.smooth - 2
        return frame.iloc[warm_up:]


def direction(quotes):
    return (quotes["close"].shift(-1) > quotes["close"]).astype("float32")


quotes = simulated_quotes()
table = Indicators(quotes, CONFIG["period"], CONFIG["smooth"]).table()
labels = direction(quotes).loc[table.index]
# last day has no tomorrow
x = table.to_numpy("float32")[:-1]
y = labels.to_numpy("float32")[:-1]
split = int(0.8 * len(x))
log.info("train %d test %d", split, len(x) - split)

inputs = keras.Input((x.shape[1],))
hidden = keras.layers.Dense(CONFIG["units"], activation="tanh")(inputs)
hidden = keras.layers.Dense(CONFIG["units"], activation="tanh")(hidden)
outputs = keras.layers.Dense(1, activation="sigmoid")(hidden)
model = keras.Model(inputs, outputs)
model.compile(keras.optimizers.RMSprop(CONFIG["rate"]), "binary_crossentropy", metrics=["accuracy"])
model.fit(x[:split], y[:split], validation_data=(x[split:], y[split:]), epochs=CONFIG["epochs"], batch_size=32, verbose=2)
