"""Does a loyalty card holder shop again within 30 days? Order history pooled with a learned forgetting time.

Each order is an embedding of its category, recent orders weigh more (tau is learned, softplus keeps it positive),
padding is masked. The loss prints nan from the first epoch. All arrays are finite, I checked.
"""
import keras
import numpy as np
import pandas as pd
from keras import ops

keras.utils.set_random_seed(70)

N_CUSTOMERS = 200
MAX_ORDERS = 12
N_CATEGORIES = 15
TODAY = pd.Timestamp("2025-03-31")


def order_log():
    rng = np.random.default_rng(21)
    lapsed = {23, 90, 158}
    records = []
    for customer in range(N_CUSTOMERS):
        n = int(rng.integers(2, MAX_ORDERS + 1))
        if customer in lapsed:
            ago = rng.integers(900, 2400, n)
        else:
            ago = np.concatenate([rng.integers(0, 60, 1), rng.integers(20, 700, n - 1)])
        for days in ago:
            records.append((customer, TODAY - pd.Timedelta(days=int(days)), int(rng.integers(1, N_CATEGORIES + 1))))
    return pd.DataFrame(records, columns=["customer", "date", "category"])


def pad(groups, dtype):
    out = np.zeros((N_CUSTOMERS, MAX_ORDERS), dtype)
    for customer, values in groups:
        out[customer, : len(values)] = values.to_numpy()
    return out


def arrays(log):
    log = log.sort_values(["customer", "date"], ascending=[True, False])
    log["days"] = (TODAY - log["date"]).dt.days
    by_customer = log.groupby("customer")
    x = {
        "category": pad(by_customer["category"], "int32"),
        "days": pad(by_customer["days"], "float32"),
        "orders": (by_customer.size().to_numpy(dtype="float32") / MAX_ORDERS)[:, None],
    }
    newest = by_customer["days"].min().to_numpy()
    again = np.random.default_rng(22).random(N_CUSTOMERS) < np.exp(-newest / 40.0)
    return x, again.astype("float32")


class RecencyPooling(keras.layers.Layer):
    def __init__(self, start_days=7.0, **kwargs):
        super().__init__(**kwargs)
        self.raw_tau = self.add_weight(
            name="raw_tau", shape=(), initializer=keras.initializers.Constant(start_days)
        )

    def call(self, inputs):
        tokens, category, days = inputs
        tau = ops.softplus(self.raw_tau) + 1e-3
        seen = ops.cast(ops.not_equal(category, 0), tokens.dtype)
        share = ops.exp(-days / tau) * seen
        pooled = ops.sum(share[..., None] * tokens, axis=1)
        return pooled / ops.sum(share, axis=1, keepdims=True)  # whynan: exp_underflow phase=forward rows=23,90,158 also=divide_by_zero,zero_weight_sum


def build():
    category = keras.Input((MAX_ORDERS,), dtype="int32", name="category")
    days = keras.Input((MAX_ORDERS,), name="days")
    orders = keras.Input((1,), name="orders")
    tokens = keras.layers.Embedding(N_CATEGORIES + 1, 8)(category)
    h = RecencyPooling()([tokens, category, days])
    h = keras.layers.Concatenate()([h, orders])
    h = keras.layers.Dense(16, activation="tanh")(h)
    out = keras.layers.Dense(1, activation="sigmoid")(h)
    return keras.Model({"category": category, "days": days, "orders": orders}, out)


x, y = arrays(order_log())
assert all(np.isfinite(a).all() for a in x.values())
model = build()
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=25, epochs=5, verbose=2)
