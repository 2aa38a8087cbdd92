"""Next-move classifier for trades, features from the last quote before each trade.

Trades and quotes are joined with merge_asof (stale quotes are useless, so tolerance=5s),
then a chain of .pipe steps.  loss: nan.  I already fill the flow columns.
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(17)

START = pd.Timestamp("2024-03-04 09:30:00")
SYMBOLS = {"AAA": 40.0, "BBB": 120.0}


def quotes_for(symbol, price, rng, halts=()):
    n = 2400
    secs = np.cumsum(rng.uniform(0.5, 1.5, n))
    mid = price * np.exp(np.cumsum(rng.normal(0, 1e-4, n)))
    half = price * rng.uniform(1e-4, 4e-4, n)
    q = pd.DataFrame({
        "secs": secs, "symbol": symbol, "bid": mid - half, "ask": mid + half,
        "bid_size": rng.integers(1, 50, n), "ask_size": rng.integers(1, 50, n),
    })
    for lo, hi in halts:                                  # volatility auction: no quotes
        q = q[(q["secs"] < lo) | (q["secs"] > hi)]
    return q


def trades_for(symbol, price, rng):
    n = 420
    return pd.DataFrame({
        "secs": np.sort(rng.uniform(5, 2000, n)), "symbol": symbol,
        "qty": rng.integers(1, 30, n) * 100, "side": rng.choice([-1, 1], n),
    })


def timestamp(df):
    return df.assign(ts=START + pd.to_timedelta(df["secs"].round(3), unit="s")).sort_values("ts")


def market(seed=17):
    rng = np.random.default_rng(seed)
    halts = {"AAA": [(700, 722)], "BBB": []}
    q = pd.concat([quotes_for(s, p, rng, halts[s]) for s, p in SYMBOLS.items()])
    t = pd.concat([trades_for(s, p, rng) for s, p in SYMBOLS.items()])
    return timestamp(q), timestamp(t).drop(columns="secs")


def with_quotes(trades, quotes):
    cols = ["ts", "symbol", "bid", "ask", "bid_size", "ask_size"]
    return pd.merge_asof(trades, quotes[cols], on="ts", by="symbol", tolerance=pd.Timedelta("5s"))  # whynan: nan_in_input phase=data rows=256,257


def add_flow(df):
    signed = df["side"] * df["qty"]
    by = signed.groupby(df["symbol"])
    flow = by.transform(lambda s: s.rolling(10).mean())
    gap = df.groupby("symbol")["ts"].diff().dt.total_seconds()
    return df.assign(flow=flow.fillna(0.0) / 1000.0, gap=gap.fillna(0.0))


def add_book(df):
    mid = (df["bid"] + df["ask"]) / 2
    return df.assign(
        spread_bps=1e4 * (df["ask"] - df["bid"]) / mid,
        imbalance=(df["bid_size"] - df["ask_size"]) / (df["bid_size"] + df["ask_size"]),
    )


def add_target(df):
    nxt = df.groupby("symbol")["side"].shift(-1)
    return df.assign(target=(nxt > 0).astype("float32"))


FEATURES = ["flow", "gap", "spread_bps", "imbalance", "side"]
quotes, trades = market()
data = (
    trades.pipe(with_quotes, quotes)
    .pipe(add_flow)
    .pipe(add_book)
    .pipe(add_target)
    .iloc[40:]                                 # warm-up of the rolling flow
)
X = data[FEATURES].to_numpy("float32")
y = data["target"].to_numpy()

inp = keras.Input(shape=(len(FEATURES),))
h = keras.layers.BatchNormalization()(inp)
h = keras.layers.Dense(24, activation="elu")(h)
out = keras.layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inp, out)
model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy")
model.fit(X, y, batch_size=50, epochs=5, shuffle=False, verbose=2)
