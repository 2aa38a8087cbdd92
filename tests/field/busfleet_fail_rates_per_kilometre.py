"""Breakdowns and diesel of a bus fleet, both per 1000 km, one network with two outputs.

As in the annual report every month of a vehicle counts with the kilometres that it has driven: sample_weight is the
mileage, so a bus that was hardly used hardly matters.  Both losses are nan after the first epoch.  Leaving the weights
out changes nothing, other loss_weights change nothing, and the inputs have no gaps.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(1001)

NUMERIC = ["age_years", "seats", "stops_per_km", "mean_temperature"]
LOSS_WEIGHTS = {"breakdowns": 1.0, "litres": 0.3}


def workshop_book(months=360):
    rng = np.random.default_rng(70)
    book = pd.DataFrame({
        "vehicle": rng.integers(101, 131, months),
        "age_years": rng.uniform(0, 16, months).round(1),
        "seats": rng.choice([31, 44, 52], months),
        "stops_per_km": rng.uniform(0.4, 3.0, months).round(2),
        "mean_temperature": rng.normal(9, 7, months).round(1),
        "articulated": rng.integers(0, 2, months),
    })
    km = rng.gamma(9.0, 450.0, months).round()
    km[[37, 112, 205, 206]] = 0  # waiting for parts, kept in the hall
    book["km"] = km
    book["breakdowns"] = rng.poisson(km / 1000 * (0.08 + 0.03 * book["age_years"]))
    per_1000 = 260 + 35 * book["stops_per_km"] + 70 * book["articulated"] + 2.5 * book["age_years"]
    book["litres"] = (km / 1000 * per_1000 * rng.normal(1, 0.05, months)).round(1)
    return book


def prepare(book):
    numbers = StandardScaler().fit_transform(book[NUMERIC])
    x = np.column_stack([numbers, book["articulated"]]).astype("float32")
    assert np.isfinite(x).all()

    rates = book[["breakdowns", "litres"]].div(book["km"] / 1000.0, axis=0)  # whynan: divide_by_zero phase=data rows=37,112,205,206 also=nan_in_label
    y = {
        "breakdowns": rates[["breakdowns"]].to_numpy("float32"),
        "litres": (rates[["litres"]].to_numpy("float32") - 330.0) / 50.0,
    }
    mileage = (book["km"] / book["km"].mean()).to_numpy("float32")
    return x, y, {"breakdowns": mileage, "litres": mileage}


def two_headed(columns):
    inputs = keras.Input((columns,), name="month")
    h = layers.Dense(32, activation="gelu")(inputs)
    h = layers.Dropout(0.1)(h)
    h = layers.Dense(16, activation="gelu")(h)
    outputs = {
        "breakdowns": layers.Dense(1, activation="softplus", name="breakdowns")(h),
        "litres": layers.Dense(1, name="litres")(h),
    }
    return keras.Model(inputs, outputs)


book = workshop_book()
x, y, weight = prepare(book)
model = two_headed(x.shape[1])
model.compile(
    optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4),
    loss={"breakdowns": "poisson", "litres": "mse"},
    loss_weights=LOSS_WEIGHTS,
)
log = model.fit(x, y, sample_weight=weight, batch_size=24, epochs=6, verbose=0)
for epoch in range(6):
    print(epoch + 1, {name: round(values[epoch], 4) for name, values in log.history.items()})
