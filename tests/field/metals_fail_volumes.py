import numpy as np
import pandas as pd
import keras

# nickel front-month contract, next-day return from 20 days of OHLCV

SEQ = 20
keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)


def load_bars():
    dates = pd.bdate_range("2019-01-02", periods=1200)
    ret = rng.standard_t(5, len(dates)) * 0.009
    close = 14000 * np.exp(np.cumsum(ret))
    spread = np.abs(rng.normal(0, 0.006, len(dates))) + 0.002
    volume = rng.lognormal(9.3, 0.35, len(dates)).astype(int)
    volume[[612, 905]] = 0
    return pd.DataFrame({
        "close": close,
        "high": close * (1 + spread),
        "low": close * (1 - spread),
        "volume": volume,
    }, index=dates)


def add_features(df):
    df = df.copy()
    df["ret"] = np.log(df["close"]).diff()
    df["vol_chg"] = np.log(df["volume"]).diff()  # whynan: inf_in_input phase=data also=log_of_zero
    df["range"] = (df["high"] - df["low"]) / df["close"]
    df["rv20"] = df["ret"].rolling(20).std()
    df["mom10"] = df["close"].pct_change(10)
    return df.dropna()


bars = add_features(load_bars())
cols = ["ret", "vol_chg", "range", "rv20", "mom10"]
scale = np.array([100.0, 1.0, 100.0, 100.0, 10.0])
X = (bars[cols].to_numpy() * scale).astype("float32")
y = (bars["ret"].to_numpy() * 100.0).astype("float32")

split = 1000


def windows(lo, hi):
    return keras.utils.timeseries_dataset_from_array(
        X[lo:hi - SEQ], y[lo + SEQ:hi], sequence_length=SEQ, batch_size=64)


train, valid = windows(0, split), windows(split, len(X))

model = keras.Sequential([
    keras.Input((SEQ, len(cols))),
    keras.layers.LSTM(16),
    keras.layers.Dense(8, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mae")
print(bars[cols].head(3))
history = model.fit(train, validation_data=valid, epochs=4, verbose=2)
