"""Leak alarm for smart water meters: 20 readings (one every 30 s) are one window, label 1 if the pipe leaks.

This ran for a year on the old server. On the new server (fresh virtual environment, same code, same csv) every loss is nan.
I compared the csv files byte by byte, they are identical. Is it the new TensorFlow?
"""
import os
import tempfile

import numpy as np
import pandas as pd

import keras
from keras import layers

keras.utils.set_random_seed(63)

READINGS = 1800
WINDOW = 20


def write_meter_csv(path):
    rng = np.random.default_rng(14)
    stamps = pd.date_range("2024-05-01 00:00:00", periods=READINGS, freq="30s")
    leaking = (np.sin(np.arange(READINGS) / 90.0) > 0.4).astype(int)
    draw = rng.gamma(0.6, 0.8, READINGS) * (rng.uniform(size=READINGS) < 0.3)
    litres = np.cumsum(draw + 0.35 * leaking + 0.01) + 18_250.0
    pd.DataFrame(
        {
            "ts": stamps.strftime("%Y-%m-%d %H:%M:%S"),
            "litres": np.round(litres, 3),
            "celsius": np.round(11.0 + rng.normal(0.0, 0.4, READINGS), 2),
            "leak": leaking,
        }
    ).to_csv(path, index=False)


def load_flow(path):
    df = pd.read_csv(path)
    seconds = pd.to_datetime(df["ts"]).astype("int64") // 10**9
    elapsed = seconds.diff()
    df["flow"] = df["litres"].diff() / elapsed * 60.0  # whynan: divide_by_zero phase=data also=inf_in_input,nan_in_input
    df["flow"] = df["flow"].fillna(0.0)  # first reading has no predecessor
    return df


def windows(df):
    features = np.column_stack([np.log1p(df["flow"]), df["celsius"] / 10.0 - 1.0]).astype("float32")
    label_at_end = df["leak"].to_numpy("float32")[WINDOW - 1 :]
    return keras.utils.timeseries_dataset_from_array(
        features, label_at_end, sequence_length=WINDOW, batch_size=64, shuffle=True, seed=7
    )


def leak_net():
    series = keras.Input((WINDOW, 2))
    h = layers.Conv1D(16, 5, activation="tanh")(series)
    h = layers.Conv1D(16, 5, dilation_rate=2, activation="tanh")(h)
    h = layers.GlobalAveragePooling1D()(h)
    return keras.Model(series, layers.Dense(1)(h), name="leak")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "meter_0815.csv")
        write_meter_csv(path)
        readings = load_flow(path)
    assert not readings.isna().any().any()
    net = leak_net()
    net.compile(
        optimizer=keras.optimizers.SGD(0.02, momentum=0.9),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    net.fit(windows(readings), epochs=3, verbose=2)
