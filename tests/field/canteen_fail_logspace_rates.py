"""How many lunches will the canteen sell tomorrow?

I want the learning rate to fall from 0.1 to 0.001 in equal ratios, one value per epoch. The targets are standardised,
the inputs are standardised or zero/one, there are no gaps in the table (checked with isna). The loss is huge after the
first epoch and nan soon after. With optimizer="adam" and without the callback it works.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers

EPOCHS = 24
FIRST_RATE, LAST_RATE = 1e-1, 1e-3


def canteen_diary(days=700, seed=3):
    rng = np.random.default_rng(seed)
    diary = pd.DataFrame({"date": pd.date_range("2021-01-04", periods=days, freq="B")})
    diary["weekday"] = diary["date"].dt.day_name()
    season = 2 * np.pi * diary["date"].dt.dayofyear / 365.25
    diary["temperature"] = 11 - 9 * np.cos(season) + rng.normal(0, 3, days)
    diary["rain_mm"] = rng.gamma(0.6, 4.0, days)
    diary["menu"] = rng.choice(["pasta", "fish", "curry", "schnitzel", "soup"], days)
    diary["on_leave"] = (0.12 + 0.1 * np.cos(season) ** 2 + rng.normal(0, 0.02, days)).clip(0, 1)
    by_day = {"Monday": 20, "Tuesday": 45, "Wednesday": 30, "Thursday": 35, "Friday": -60}
    by_menu = {"pasta": 15, "fish": -10, "curry": 0, "schnitzel": 55, "soup": -40}
    diary["lunches"] = (
        430
        + diary["weekday"].map(by_day)
        + diary["menu"].map(by_menu)
        + 2.0 * diary["rain_mm"].clip(upper=15)
        - 260 * diary["on_leave"]
        + rng.normal(0, 18, days)
    ).round()
    return diary


def to_inputs(diary):
    calendar = pd.get_dummies(diary[["weekday", "menu"]]).to_numpy("float32")
    numbers = diary[["temperature", "rain_mm", "on_leave"]]
    numbers = ((numbers - numbers.mean()) / numbers.std()).to_numpy("float32")
    return {"calendar": calendar, "numbers": numbers}


def build(n_calendar, n_numbers):
    calendar = keras.Input((n_calendar,), name="calendar")
    numbers = keras.Input((n_numbers,), name="numbers")
    joined = layers.Concatenate()([layers.Dense(8)(calendar), numbers])
    hidden = layers.Dense(32, activation="relu")(joined)
    hidden = layers.Dense(16, activation="relu")(hidden)
    return keras.Model([calendar, numbers], layers.Dense(1, name="lunches")(hidden))


def rate_table(first, last, epochs):
    return np.logspace(first, last, epochs)


keras.utils.set_random_seed(3)
diary = canteen_diary()
assert not diary.isna().any().any()
x = to_inputs(diary)
y = diary["lunches"].to_numpy("float32")
y = ((y - y.mean()) / y.std())[:, None]

rates = rate_table(FIRST_RATE, LAST_RATE, EPOCHS)


def rate_of_epoch(epoch, rate):
    return float(rates[epoch])


model = build(x["calendar"].shape[1], x["numbers"].shape[1])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=FIRST_RATE), loss="mse", metrics=["mae"])
callbacks = [keras.callbacks.LearningRateScheduler(rate_of_epoch)]
history = model.fit(x, y, batch_size=20, epochs=EPOCHS, callbacks=callbacks, verbose=2)  # whynan: learning_rate_too_high phase=forward|loss|gradient|update also=lr_schedule_invalid,exploding_gradient

print(pd.DataFrame(history.history).tail(3))
