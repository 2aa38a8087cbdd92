"""Forecast tomorrow's occupied beds for every ward of the hospital.

One table for six wards, the last line removed because there is no tomorrow for it. The loss goes nan somewhere in the
first epoch. When I train one ward alone it works perfectly, with all wards together it does not. Is the embedding the
problem?
"""
import numpy as np
import pandas as pd
import tensorflow as tf

import keras
from keras import layers

keras.utils.set_random_seed(2023)

WARDS = ["cardiology", "geriatrics", "icu", "maternity", "orthopaedics", "surgery"]
DAYS = 50
NUMERIC = ["beds", "admissions", "yesterday", "week_mean", "is_weekend"]
CAPACITY = 40.0


def hospital_export():
    rng = np.random.default_rng(31)
    calendar = pd.date_range("2024-01-01", periods=DAYS, freq="D")
    parts = []
    for k, ward in enumerate(WARDS):
        season = 3.0 * np.sin(2 * np.pi * np.arange(DAYS) / 7 + k)
        beds = np.clip(np.round(18 + 2 * k + season + rng.normal(0, 1.5, DAYS)), 4, CAPACITY)
        parts.append(
            pd.DataFrame(
                {
                    "ward": ward,
                    "day": calendar,
                    "beds": beds,
                    "admissions": rng.poisson(5 + k, DAYS).astype(float),
                }
            )
        )
    return pd.concat(parts).sample(frac=1.0, random_state=1)  # arrives unsorted


def build_table(raw):
    df = raw.sort_values(["ward", "day"], ignore_index=True)
    beds = df.groupby("ward")["beds"]
    df["yesterday"] = beds.shift(1).fillna(df["beds"])  # first day of a ward: take today
    df["week_mean"] = beds.transform(lambda s: s.rolling(7, min_periods=1).mean())
    df["is_weekend"] = (df["day"].dt.dayofweek >= 5).astype(float)
    df["tomorrow"] = beds.shift(-1)  # whynan: nan_in_label phase=data rows=49,99,149,199,249
    return df.iloc[:-1]


class BedForecaster(keras.Model):
    def __init__(self, lookup, width=32):
        super().__init__()
        self.embed = layers.Embedding(lookup.vocabulary_size(), 4)
        self.flat = layers.Flatten()
        self.trunk = [layers.Dense(width, activation="relu") for _ in range(2)]
        self.change = layers.Dense(1)

    def call(self, inputs, training=False):
        h = keras.ops.concatenate([self.flat(self.embed(inputs["ward"])), inputs["numeric"]], axis=-1)
        for layer in self.trunk:
            h = layer(h)
        return inputs["numeric"][:, :1] + self.change(h)  # persistence plus a correction


table = build_table(hospital_export())
assert not table[NUMERIC].isna().any().any()

ward_lookup = layers.StringLookup(vocabulary=WARDS)
ward_ids = ward_lookup(tf.constant(table["ward"].tolist())).numpy().reshape(-1, 1)

numeric = np.array(table[NUMERIC], dtype="float32")
numeric[:, :4] /= CAPACITY
target = (table["tomorrow"].to_numpy("float32") / CAPACITY).reshape(-1, 1)

forecaster = BedForecaster(ward_lookup)
forecaster.compile(optimizer=keras.optimizers.Adam(5e-3, clipnorm=1.0), loss=keras.losses.Huber(delta=0.1))
history = forecaster.fit({"ward": ward_ids, "numeric": numeric}, target, batch_size=32, epochs=5, verbose=2)
print("mean error in beds:", CAPACITY * float(np.sqrt(2 * history.history["loss"][-1])))
