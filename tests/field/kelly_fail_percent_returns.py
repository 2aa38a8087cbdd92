"""Growth optimal (Kelly) portfolio with a small network."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(14)
TICKERS = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"]


def fake_prices(days=900):
    rng = np.random.default_rng(10)
    market = rng.normal(0.0003, 0.018, size=(days, 1))
    own = rng.normal(0.0, 0.008, size=(days, len(TICKERS)))
    idx = pd.bdate_range("2019-01-01", periods=days)
    return pd.DataFrame(100 * np.exp(np.cumsum(market + own, axis=0)), index=idx, columns=TICKERS)


class MarketData:
    def __init__(self, prices, lookback=5):
        self.lookback = lookback
        self.ret = self._returns(prices)

    @staticmethod
    def _returns(prices):
        # nicer numbers for the network: 1.0 = one percent
        return prices.pct_change().mul(100).dropna()

    def windows(self):
        r = self.ret.to_numpy("float32")
        x = np.stack([r[i - self.lookback:i].ravel() for i in range(self.lookback, len(r))])
        return x, r[self.lookback:]


def wealth_factor(next_returns, weights):
    gain = tf.reduce_sum(next_returns * weights, axis=-1)
    return 1.0 + gain


def negative_log_growth(next_returns, weights):
    growth = wealth_factor(next_returns, weights)
    return -tf.math.log(growth)  # whynan: log_of_negative phase=loss also=unscaled_input,unscaled_target


x, r_next = MarketData(fake_prices()).windows()
inp = keras.Input((x.shape[1],))
h = keras.layers.Dense(24, activation="tanh")(inp)
alloc = keras.layers.Dense(len(TICKERS), activation="softmax", name="allocation")(h)
model = keras.Model(inp, alloc)
model.compile(optimizer="nadam", loss=negative_log_growth)
model.fit(x, r_next, batch_size=64, epochs=5, shuffle=False, verbose=2)
