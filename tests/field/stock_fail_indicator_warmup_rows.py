"""LSTM on daily closes with technical indicators (the usual blog post), loss: nan.

Changed from the post: 20 day average instead of 10 days, two layers, huber loss.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.preprocessing import MinMaxScaler

FAST, SLOW, RSI_DAYS = 5, 20, 14
LOOKBACK = 30


def download(days=420, seed=21):
    """stands for yfinance.download(...)"""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0.0004, 0.012, days)))
    volume = rng.integers(1_000_000, 4_000_000, days)
    index = pd.bdate_range("2021-01-04", periods=days)
    return pd.DataFrame({"close": close, "volume": volume.astype(float)}, index=index)


def rsi(close, days):
    delta = close.diff()
    gain = delta.clip(lower=0).rolling(days).mean()
    loss = (-delta.clip(upper=0)).rolling(days).mean()
    return 100 - 100 / (1 + gain / loss)


def add_indicators(df):
    df = df.copy()
    df["sma_fast"] = df["close"].rolling(FAST).mean()
    df["sma_slow"] = df["close"].rolling(SLOW).mean()  # whynan: nan_in_input phase=data rows=0,1,2,3,4
    df["rsi"] = rsi(df["close"], RSI_DAYS)
    # the first rows have no indicators yet, the RSI needs the longest history
    return df.iloc[RSI_DAYS:]


def windows(values, target):
    x, y = [], []
    for start in range(len(values) - LOOKBACK):
        x.append(values[start:start + LOOKBACK])
        y.append(target[start + LOOKBACK])
    return np.asarray(x, "float32"), np.asarray(y, "float32")


def prepare(df, train_share=0.8):
    n_train = int(len(df) * train_share)
    features = df[["close", "volume", "sma_fast", "sma_slow", "rsi"]]
    x_scaler = MinMaxScaler().fit(features.iloc[:n_train])
    y_scaler = MinMaxScaler().fit(df[["close"]].iloc[:n_train])
    x, y = windows(x_scaler.transform(features), y_scaler.transform(df[["close"]])[:, 0])
    cut = n_train - LOOKBACK
    return (x[:cut], y[:cut]), (x[cut:], y[cut:]), y_scaler


def build_model(n_features):
    model = keras.Sequential([
        keras.Input((LOOKBACK, n_features)),
        layers.LSTM(24, return_sequences=True),
        layers.Dropout(0.2),
        layers.LSTM(12),
        layers.Dense(1),
    ])
    model.compile(optimizer="adam", loss=keras.losses.Huber())
    return model


def main():
    keras.utils.set_random_seed(4)
    df = add_indicators(download())
    print(df.tail())
    train, test, _ = prepare(df)
    model = build_model(train[0].shape[-1])
    model.fit(
        *train,
        validation_data=test,
        epochs=3,
        batch_size=32,
        callbacks=[keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)],
        verbose=2,
    )


if __name__ == "__main__":
    main()
