"""Next-year spend per customer of a chain of opticians, from a handful of features of the order history.

The order export has no holes (I check that), everything is standardised, the network is tiny, and still
`fit` shows loss: nan in the first epoch. A gradient boosting model on the same table works without complaint.
"""
import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(11)

SETTINGS = {"hidden": (48, 24), "rate": 1e-3, "batch": 64, "epochs": 6}
FEATURES = ["n_orders", "mean_amount", "sd_amount", "largest", "days_since_last", "age", "has_insurance"]


def read_orders(n_customers=720):
    """One row per order, as the till system writes it."""
    rng = np.random.default_rng(5)
    rows = []
    for customer in range(n_customers):
        taste = rng.lognormal(4.8, 0.5)
        for _ in range(1 + rng.poisson(2.1)):
            rows.append(
                {
                    "customer": customer,
                    "day": int(rng.integers(0, 1460)),
                    "amount": round(float(taste * rng.lognormal(0.0, 0.35)), 2),
                }
            )
    orders = pd.DataFrame(rows)
    people = pd.DataFrame(
        {
            "customer": np.arange(n_customers),
            "age": rng.integers(16, 88, n_customers),
            "has_insurance": rng.integers(0, 2, n_customers),
        }
    )
    return orders, people


def customer_table(orders, people):
    table = orders.groupby("customer").agg(
        n_orders=("amount", "count"),
        mean_amount=("amount", "mean"),
        largest=("amount", "max"),
        last_day=("day", "max"),
    )
    table["sd_amount"] = orders.groupby("customer")["amount"].std()  # whynan: single_element_variance phase=data also=nan_in_input
    table["days_since_last"] = 1460 - table["last_day"]
    return table.reset_index().merge(people, on="customer", how="inner")


def build(n_features):
    model = keras.Sequential([keras.Input((n_features,))])
    for units in SETTINGS["hidden"]:
        model.add(keras.layers.Dense(units, activation="silu"))
    model.add(keras.layers.Dense(1))
    model.compile(optimizer=keras.optimizers.Adam(SETTINGS["rate"]), loss="mse", metrics=["mae"])
    return model


def main():
    orders, people = read_orders()
    assert not orders.isna().any().any() and not people.isna().any().any()
    table = customer_table(orders, people)

    rng = np.random.default_rng(8)
    spend = table["mean_amount"] * (0.3 + 0.12 * table["n_orders"]) + 40 * table["has_insurance"]
    spend = (spend + rng.normal(0, 15, len(table))).clip(lower=0)
    target = ((spend - spend.mean()) / spend.std()).to_numpy("float32")

    x_train, x_test, y_train, y_test = train_test_split(
        table[FEATURES].astype("float32"), target, test_size=0.2, random_state=3
    )
    scaler = StandardScaler().fit(x_train)
    x_train = scaler.transform(x_train).astype("float32")
    x_test = scaler.transform(x_test).astype("float32")
    print(len(x_train), "customers for training")

    model = build(len(FEATURES))
    model.fit(
        x_train,
        y_train,
        validation_data=(x_test, y_test),
        batch_size=SETTINGS["batch"],
        epochs=SETTINGS["epochs"],
        verbose=2,
    )


if __name__ == "__main__":
    main()
