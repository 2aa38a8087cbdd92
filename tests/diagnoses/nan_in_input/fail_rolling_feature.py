import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(11)
WINDOW = 12


def load_prices(days=260):
    rng = np.random.default_rng(0)
    close = 100 * np.exp(np.cumsum(rng.normal(0.0003, 0.01, days)))
    return pd.DataFrame({"close": close, "volume": rng.gamma(3.0, 1.0, days)})


def make_windows(table, target):
    xs, ys = [], []
    for start in range(len(table) - WINDOW):
        xs.append(table[start:start + WINDOW])
        ys.append(target[start + WINDOW])
    return np.array(xs, "float32"), np.array(ys, "float32")[:, None]


prices = load_prices()
prices["ret"] = np.log(prices.close).diff().fillna(0.0) * 100
prices["trend"] = prices.close.rolling(5).mean() / prices.close - 1  # whynan: nan_in_input phase=data rows=0,1,2,3
features = prices[["ret", "trend", "volume"]].to_numpy()
x, y = make_windows(features, prices["ret"].to_numpy())

inputs = keras.Input((WINDOW, 3))
h = keras.layers.LSTM(12)(inputs)
outputs = keras.layers.Dense(1)(h)
model = keras.Model(inputs, outputs)
model.compile("adam", "mae")
for epoch in range(3):
    hist = model.fit(x, y, batch_size=31, verbose=0)
    print("epoch", epoch, "mae", hist.history["loss"][0])
