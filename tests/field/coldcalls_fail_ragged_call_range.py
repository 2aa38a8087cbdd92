"""Will a company order after a round of cold calls?

The call list is a ragged tensor (a different number of calls per company), from which I take a few summary
numbers. Average is protected against division by zero. The loss is nan in the first epoch, although the
accuracy of a gradient boosting on nearly the same table was fine.
"""
from typing import NamedTuple

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(12)

SECTORS = ["trade", "craft", "care", "public"]


class Table(NamedTuple):
    sector: np.ndarray
    numbers: np.ndarray
    ordered: np.ndarray


def crm_export(n=160, seed=3):
    rng = np.random.default_rng(seed)
    companies = pd.DataFrame(
        {
            "company": np.arange(n),
            "sector": rng.choice(SECTORS, n),
        }
    ).set_index("company")
    attempts = rng.integers(2, 9, n)
    attempts[[17, 58, 121]] = 0
    calls = pd.DataFrame({"company": np.repeat(np.arange(n), attempts)})
    calls["minutes"] = rng.gamma(2.0, 3.0, len(calls)).round(1)
    talked = calls.groupby("company")["minutes"].sum().reindex(companies.index, fill_value=0.0)
    companies["ordered"] = (talked + rng.normal(0, 8, n) > 28).astype(int)
    return companies, calls.sample(frac=1.0, random_state=seed)


def as_ragged(companies, calls):
    calls = calls.sort_values("company", kind="stable")
    lengths = calls.groupby("company").size().reindex(companies.index, fill_value=0)
    return tf.RaggedTensor.from_row_lengths(calls["minutes"].to_numpy(dtype="float32"), lengths.to_numpy())


def summarise(minutes):
    count = tf.cast(minutes.row_lengths(), tf.float32)
    total = tf.reduce_sum(minutes, axis=1)
    average = total / tf.maximum(count, 1.0)
    spread = tf.reduce_max(minutes, axis=1) - tf.reduce_min(minutes, axis=1)  # whynan: empty_reduction phase=data rows=17,58,121 also=inf_in_input
    return tf.stack([count / 8.0, total / 60.0, average / 10.0, spread / 10.0], axis=1)


def prepare():
    companies, calls = crm_export()
    codes = pd.Categorical(companies["sector"], categories=SECTORS).codes
    return Table(
        sector=codes.astype("int32"),
        numbers=summarise(as_ragged(companies, calls)).numpy(),
        ordered=companies["ordered"].to_numpy(dtype="float32"),
    )


def build():
    sector = keras.Input((), dtype="int32", name="sector")
    numbers = keras.Input((4,), name="numbers")
    h = keras.layers.Embedding(len(SECTORS), 3)(sector)
    h = keras.layers.Concatenate()([h, numbers])
    h = keras.layers.Dense(24, activation="elu")(h)
    h = keras.layers.Dense(12, activation="elu")(h)
    logit = keras.layers.Dense(1)(h)
    return keras.Model({"sector": sector, "numbers": numbers}, logit)


table = prepare()
print("companies:", len(table.ordered), "share of orders:", float(table.ordered.mean()))
model = build()
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
)
model.fit(
    {"sector": table.sector, "numbers": table.numbers},
    table.ordered,
    batch_size=32,
    epochs=6,
    verbose=2,
)
