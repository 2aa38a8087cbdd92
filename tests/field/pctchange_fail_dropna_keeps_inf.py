# LSTM direction classifier. "I removed all NaN rows with dropna() but the loss is nan anyway"
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

SEQ = 12
T = 420


def fake_quotes():
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, T)))
    volume = rng.integers(2_000, 9_000, T).astype("float64")
    volume[210] = 0.0          # trading halt
    idx = pd.date_range("2021-01-04", periods=T, freq="h")
    return pd.DataFrame({"close": close, "volume": volume}, index=idx)


def add_features(df):
    out = df.copy()
    out["ret"] = out["close"].pct_change() * 100
    out["vol_chg"] = out["volume"].pct_change()  # whynan: inf_in_input phase=data also=divide_by_zero
    out["range20"] = out["ret"].rolling(20, min_periods=1).std()
    return out.dropna()


df = add_features(fake_quotes())
print(df.isna().sum())         # all zero!

feats = df[["ret", "vol_chg", "range20"]].to_numpy("float32")
up = (df["ret"].to_numpy() > 0).astype("float32")

ds = keras.utils.timeseries_dataset_from_array(
    feats[:-SEQ], up[SEQ:], sequence_length=SEQ, batch_size=32
)

inp = keras.Input((SEQ, 3))
h = layers.LSTM(16)(inp)
h = layers.Dropout(0.1)(h)
out = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inp, out)
model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", metrics=["accuracy"])
model.fit(ds, epochs=3, verbose=2)
