"""Churn of electricity customers, where valuable customers should count more.

The weight of a customer is a softmax over the yearly bill, rescaled to mean one, as the marketing department
described it. Bills and customers are merged without a gap. Batch by batch the loss is exactly 0.0 most of the time,
then comes nan. Without sample_weight the same network trains well.
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(27)


def customer_base(n=160):
    rng = np.random.default_rng(14)
    return pd.DataFrame(
        {
            "customer_id": np.arange(5000, 5000 + n),
            "years": rng.integers(0, 18, n),
            "complaints": rng.poisson(0.7, n),
            "online": rng.integers(0, 2, n),
        }
    )


def monthly_bills(customers):
    rng = np.random.default_rng(15)
    months = pd.period_range("2023-01", "2023-12", freq="M").astype(str)
    level = rng.uniform(70, 260, len(customers))
    level[[44, 131]] = [8900.0, 14300.0]  # the bakery chain and the swimming pool
    grid = pd.MultiIndex.from_product([customers["customer_id"], months], names=["customer_id", "month"])
    bills = grid.to_frame(index=False)
    bills["euro"] = np.repeat(level, len(months)) * rng.uniform(0.9, 1.1, len(bills))
    return bills


def yearly(bills):
    """Yearly bill in units of 100 euro."""
    total = bills.groupby("customer_id", as_index=False)["euro"].sum()
    return total.assign(value=total["euro"] / 100.0).drop(columns="euro")


def value_weights(value):
    w = np.exp(value) / np.exp(value).sum()  # whynan: exp_overflow phase=data rows=44,131
    return len(value) * w


def build_model(n_features):
    model = keras.Sequential(name="churn")
    model.add(keras.Input((n_features,)))
    model.add(keras.layers.Dense(20, activation="relu"))
    model.add(keras.layers.Dense(10, activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer=keras.optimizers.RMSprop(2e-3), loss="binary_crossentropy")
    return model


customers = customer_base()
table = customers.merge(yearly(monthly_bills(customers)), on="customer_id", how="left", validate="one_to_one")
assert len(table) == len(customers) and table.notna().all().all()

chance = 1 / (1 + np.exp(0.25 * table["years"] - 0.9 * table["complaints"]))
churn = (np.random.default_rng(16).random(len(table)) < chance).to_numpy().astype("float32")

features = table[["years", "complaints", "online"]].astype("float64")
features["log_value"] = np.log(table["value"])
features = (features - features.mean()) / features.std()

weights = value_weights(table["value"]).to_numpy(dtype="float32")
model = build_model(features.shape[1])
history = model.fit(
    features.to_numpy(dtype="float32"),
    churn,
    sample_weight=weights,
    batch_size=16,
    epochs=5,
    verbose=2,
)
print(history.history["loss"])
