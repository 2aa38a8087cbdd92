"""Forecast tomorrow's imbalance volume from log returns of the day-ahead power price.

Ported from my stock notebook (log returns per ticker -> here per bidding zone).
With the stock data it trains, here: loss: nan - val_loss: nan
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(64)

WINDOW = 24
ZONES = ["NO1", "SE3", "DK1"]


def fetch_prices(hours=1500, seed=64):
    rng = np.random.default_rng(seed)
    ts = pd.date_range("2023-05-01", periods=hours, freq="h")
    parts = []
    for k, zone in enumerate(ZONES):
        daily = 12 * np.sin(2 * np.pi * (np.arange(hours) - 7) / 24)
        price = 65 + 5 * k + daily + rng.normal(0, 4, hours)
        parts.append(pd.DataFrame({"ts": ts, "zone": zone, "price": price.round(2)}))
    df = pd.concat(parts, ignore_index=True)
    windy = (df["zone"] == "DK1") & df["ts"].between("2023-05-28 12:00", "2023-05-28 15:00")
    df.loc[windy, "price"] = [-1.35, -8.2, -11.07, -0.4]
    return df


class ReturnFeatures:
    """long frame -> one column per zone, winsorised and scaled."""

    def __init__(self, limit=3.0):
        self.limit = limit

    def log_return(self, price):
        return np.log(price).diff()  # whynan: log_of_negative phase=data also=nan_in_input

    def add_returns(self, df):
        return df.assign(ret=df.groupby("zone")["price"].transform(self.log_return))

    def drop_first(self, df):
        """The first hour of every zone has no predecessor."""
        return df[df.groupby("zone").cumcount() > 0]

    def winsorise(self, wide):
        scale = wide.std()
        return (wide / scale).clip(-self.limit, self.limit)

    def __call__(self, df):
        return (
            df.sort_values(["zone", "ts"])
            .pipe(self.add_returns)
            .pipe(self.drop_first)
            .pivot(index="ts", columns="zone", values="ret")
            .pipe(self.winsorise)
            .assign(
                hour_sin=lambda d: np.sin(2 * np.pi * d.index.hour / 24),
                hour_cos=lambda d: np.cos(2 * np.pi * d.index.hour / 24),
            )
        )


def imbalance(index, seed=3):
    rng = np.random.default_rng(seed)
    return (np.sin(2 * np.pi * index.hour / 24) + rng.normal(0, 0.3, len(index))).to_numpy()


features = ReturnFeatures()(fetch_prices())
target = imbalance(features.index)
values = features.to_numpy("float32")

dataset = keras.utils.timeseries_dataset_from_array(
    values[:-WINDOW], target[WINDOW:].astype("float32"), sequence_length=WINDOW,
    batch_size=32, shuffle=True, seed=7,
)

inputs = keras.Input(shape=(WINDOW, values.shape[1]))
h = keras.layers.LSTM(16)(inputs)
outputs = keras.layers.Dense(1)(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(3e-3, clipnorm=1.0), loss="huber")
model.fit(dataset, epochs=3, verbose=2)
