"""Weekly sales forecast for the departments of one supermarket, one output per department.

The departments sell on very different scales, so I balance the four losses. The single department losses look
reasonable in the first batch, but the total is `inf` and from the second step on everything is `nan`.
The table itself has no gaps (checked with isna().sum()).
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(8)

SPLIT = pd.Timestamp("2024-07-01")
LAGS = 4
TURNOVER = {"bakery": 310, "dairy": 540, "produce": 420}
PARCELS_SINCE = pd.Timestamp("2024-08-05")


def tills() -> pd.DataFrame:
    """Long table as it comes from the tills: date, department, units."""
    rng = np.random.default_rng(77)
    days = pd.date_range("2021-01-04", "2024-12-29", freq="D")
    season = 1.0 + 0.2 * np.sin(2 * np.pi * days.dayofyear.to_numpy() / 365.25)
    parts = [
        pd.DataFrame({"date": days, "department": name, "units": rng.poisson(base * season)})
        for name, base in TURNOVER.items()
    ]
    counter = days[days >= PARCELS_SINCE]
    parts.append(pd.DataFrame({"date": counter, "department": "parcel_point", "units": rng.poisson(35, len(counter))}))
    return pd.concat(parts, ignore_index=True)


def weekly_table(sales: pd.DataFrame) -> pd.DataFrame:
    wide = sales.pivot_table(index="date", columns="department", values="units", aggfunc="sum", fill_value=0)
    weekly = wide.resample("W").sum()
    assert not weekly.isna().any().any()
    return weekly


def supervised(weekly: pd.DataFrame):
    values = weekly.to_numpy(dtype="float32")
    X = np.stack([values[i - LAGS : i].ravel() for i in range(LAGS, len(values))]) / 1000.0
    week = weekly.index[LAGS:]
    angle = 2 * np.pi * week.dayofyear.to_numpy() / 365.25
    X = np.column_stack([X, np.sin(angle), np.cos(angle)]).astype("float32")
    y = {name: values[LAGS:, j : j + 1] for j, name in enumerate(weekly.columns)}
    return week, X, y


def balance(targets):
    """Every department should count the same in the total."""
    return {name: float(1.0 / np.var(t)) for name, t in targets.items()}  # whynan: divide_by_zero phase=data|loss also=zero_variance_normalisation


def build(names, width):
    past = keras.Input((width,))
    h = keras.layers.Dense(32, activation="tanh")(past)
    h = keras.layers.Dense(16, activation="tanh")(h)
    outputs = {name: keras.layers.Dense(1, name=name)(h) for name in names}
    return keras.Model(past, outputs)


week, X, y = supervised(weekly_table(tills()))
train = np.asarray(week < SPLIT)
y_train = {name: t[train] for name, t in y.items()}
y_later = {name: t[~train] for name, t in y.items()}
print("weeks for training:", int(train.sum()), " later:", int((~train).sum()))

model = build(list(y), X.shape[1])
model.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss={name: "mse" for name in y},
    loss_weights=balance(y_train),
)
model.fit(X[train], y_train, batch_size=16, epochs=5, validation_data=(X[~train], y_later), verbose=2)
