"""Predict the number of days until delivery (shop export)."""
import pathlib
import tempfile

import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)
csv_path = pathlib.Path(tempfile.mkdtemp()) / "shipments.csv"


def write_export(path, n=320):
    ordered = pd.Timestamp("2023-03-01") + pd.to_timedelta(rng.integers(0, 90, n), unit="D")
    carrier = rng.integers(0, 4, n)
    weight = rng.gamma(2.0, 1.5, n).round(2)
    days = 1 + carrier + (weight > 4) + rng.integers(0, 2, n)
    delivered = (ordered + pd.to_timedelta(days, unit="D")).strftime("%Y-%m-%d").to_numpy(dtype=object).copy()
    for i in (5, 88, 240):
        delivered[i] = "not delivered"
    pd.DataFrame({
        "ordered": ordered.strftime("%Y-%m-%d"),
        "delivered": delivered,
        "carrier": carrier,
        "weight_kg": weight,
    }).to_csv(path, index=False)


write_export(csv_path)
df = pd.read_csv(csv_path)
assert not df.isna().any().any()

ordered_at = pd.to_datetime(df["ordered"])
y = (pd.to_datetime(df["delivered"], errors="coerce") - ordered_at).dt.days  # whynan: nan_in_label phase=data rows=5,88,240
weekday = ordered_at.dt.dayofweek.to_numpy("int32")

carrier_in = keras.Input((), dtype="int32", name="carrier")
wday_in = keras.Input((), dtype="int32", name="weekday")
weight_in = keras.Input((1,), name="weight")
h = layers.Concatenate()([
    layers.Embedding(4, 3)(carrier_in),
    layers.Embedding(7, 3)(wday_in),
    weight_in,
])
h = layers.Dense(24, activation="relu")(h)
out = layers.Dense(1, name="days")(h)
model = keras.Model([carrier_in, wday_in, weight_in], out)
model.compile(keras.optimizers.Adam(3e-3), loss=keras.losses.Huber())
model.fit(
    [df["carrier"].to_numpy("int32"), weekday, df["weight_kg"].to_numpy("float32")],
    y.to_numpy("float32"),
    epochs=5, batch_size=32, verbose=2,
)
