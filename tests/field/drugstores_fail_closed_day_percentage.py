"""Daily sales of a chain of drugstores, scored with the root mean squared percentage error of the competition.

Closed days must not count, so they get an error of zero. model.evaluate before training gives a sensible number
(around 0.9), and after one epoch of fit the same call gives nan.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(404)

N_STORES = 30
FIRST_DAY, N_DAYS = "2014-01-01", 150
PUBLIC_HOLIDAYS = ["2014-01-01", "2014-04-18", "2014-04-21", "2014-05-01", "2014-05-29"]


def sales_table(seed=17):
    rng = np.random.default_rng(seed)
    table = pd.MultiIndex.from_product(
        [range(N_STORES), pd.date_range(FIRST_DAY, periods=N_DAYS)], names=["store", "date"]
    ).to_frame(index=False)
    table["weekday"] = table["date"].dt.dayofweek
    table["promo"] = (table["date"].dt.day % 14 < 6).astype("int64")
    table["open"] = ((table["weekday"] != 6) & ~table["date"].isin(pd.to_datetime(PUBLIC_HOLIDAYS))).astype("int64")
    size = rng.lognormal(np.log(5.5), 0.35, N_STORES)[table["store"].to_numpy()]
    week = np.array([1.2, 1.0, 0.95, 0.95, 1.05, 0.85, 0.0])[table["weekday"].to_numpy()]
    noise = rng.lognormal(0.0, 0.12, len(table))
    table["sales"] = size * week * (1.0 + 0.35 * table["promo"]) * noise * table["open"]  # thousand euros
    return table


def rmspe(y_true, y_pred):
    share = (y_true - y_pred) / y_true  # whynan: where_gradient_trap phase=gradient also=divide_by_zero
    share = ops.where(ops.equal(y_true, 0.0), 0.0, share)
    return ops.sqrt(ops.mean(ops.square(share)) + 1e-9)


def as_inputs(table):
    week = np.eye(7, dtype="float32")[table["weekday"].to_numpy()]
    flags = table[["promo", "open"]].to_numpy("float32")
    return {
        "store": table["store"].to_numpy("int32")[:, None],
        "calendar": np.concatenate([week, flags], axis=1),
    }


def network():
    store = keras.Input(shape=(1,), dtype="int32", name="store")
    calendar = keras.Input(shape=(9,), name="calendar")
    who = layers.Flatten()(layers.Embedding(N_STORES, 6)(store))
    h = layers.Concatenate()([who, calendar])
    h = layers.Dense(48, activation="relu")(h)
    h = layers.Dense(24, activation="relu")(h)
    out = layers.Dense(1, activation="softplus", name="sales")(h)
    return keras.Model({"store": store, "calendar": calendar}, out)


def run():
    table = sales_table()
    cut = table["date"].min() + pd.Timedelta(days=120)
    train, test = table[table["date"] < cut], table[table["date"] >= cut]
    x_train, y_train = as_inputs(train), train["sales"].to_numpy("float32")[:, None]
    x_test, y_test = as_inputs(test), test["sales"].to_numpy("float32")[:, None]

    model = network()
    model.compile(optimizer="adam", loss=rmspe, metrics=["mae"])
    print("before:", model.evaluate(x_test, y_test, verbose=0))
    model.fit(x_train, y_train, batch_size=64, epochs=4, validation_data=(x_test, y_test), verbose=2)
    print("after:", model.evaluate(x_test, y_test, verbose=0))


run()
