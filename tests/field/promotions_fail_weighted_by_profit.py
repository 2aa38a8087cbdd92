"""Forecast of units sold per article and day, for the buyers of a drugstore chain.

The buyers asked that errors on articles that earn us money count more, so the rows are now weighted with their profit.
Unweighted the net learns in three epochs.  Weighted, the loss is slightly negative after a while, then hugely negative,
then nan.  I scaled everything, there are no gaps in the table.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers

ROWS = 1600
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat"]


def sales_table(seed):
    rng = np.random.default_rng(seed)
    promoted = rng.random(ROWS) < 0.28
    list_price = np.exp(rng.normal(1.6, 0.45, ROWS)).round(2)
    discount = np.where(promoted, rng.uniform(0.32, 0.55, ROWS), rng.uniform(0.0, 0.08, ROWS))
    weekday = rng.choice(DAYS, ROWS)
    shelf_metres = rng.gamma(3.0, 0.4, ROWS)
    mood = (
        2.1
        - 0.5 * np.log(list_price)
        + 2.6 * discount
        + 0.25 * (weekday == "sat")
        + 0.2 * shelf_metres
        + rng.normal(0.0, 0.15, ROWS)
    )
    return pd.DataFrame(
        {
            "list_price": list_price,
            "purchase_price": (list_price * rng.uniform(0.60, 0.75, ROWS)).round(2),
            "discount": discount.round(3),
            "promoted": promoted,
            "weekday": weekday,
            "shelf_metres": shelf_metres,
            "units": rng.poisson(np.exp(mood)),
        }
    )


def add_profit(table):
    paid = table["list_price"] * (1.0 - table["discount"])
    profit = (paid - table["purchase_price"]) * (table["units"] + 1)
    return table.assign(profit=profit)


def prepare(table):
    numbers = pd.DataFrame(
        {
            "log_price": np.log(table["list_price"]),
            "discount": table["discount"],
            "promoted": table["promoted"].astype(float),
            "shelf_metres": table["shelf_metres"],
        }
    )
    numbers = (numbers - numbers.mean()) / numbers.std()
    days = pd.get_dummies(table["weekday"], prefix="day", dtype=float)
    inputs = pd.concat([numbers, days], axis=1).to_numpy("float32")

    target = np.log1p(table["units"])
    target = ((target - target.mean()) / target.std()).to_numpy("float32")

    # euro amounts, brought to a typical size of one so that the learning rate keeps its meaning
    weight = (table["profit"] / table["profit"].abs().mean()).clip(-6, 6).to_numpy("float32")
    for name, array in (("inputs", inputs), ("target", target), ("weight", weight)):
        assert np.isfinite(array).all(), name
    return inputs, target[:, None], weight


def forecaster(width):
    model = keras.Sequential(
        [
            keras.Input((width,)),
            layers.Dense(48, activation="leaky_relu"),
            layers.Dense(24, activation="leaky_relu"),
            layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.SGD(0.02, momentum=0.9), loss="mse", weighted_metrics=[])
    return model


if __name__ == "__main__":
    keras.utils.set_random_seed(5)
    table = add_profit(sales_table(seed=5))
    print(table[["units", "profit"]].describe().round(2))
    inputs, target, weight = prepare(table)
    model = forecaster(inputs.shape[1])
    history = model.fit(inputs, target, sample_weight=weight, batch_size=40, epochs=12, verbose=2)  # whynan: wrong_sign_loss phase=forward|loss|gradient|update also=exploding_gradient,negative_sample_weight
    print("loss per epoch:", history.history["loss"])
