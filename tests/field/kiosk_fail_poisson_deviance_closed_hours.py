"""Coffees sold per hour at the station kiosk, embeddings for weekday and hour.

I use the Poisson deviance as loss, so that the number is comparable with the GLM of my colleague (sklearn's
mean_poisson_deviance). First step gives a sensible value, the same as sklearn to 4 digits, then everything is nan.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(5)


def sales_table(days=90):
    rng = np.random.default_rng(31)
    stamps = pd.date_range("2023-03-01", periods=24 * days, freq="h")
    table = pd.DataFrame({"hour": stamps.hour, "weekday": stamps.dayofweek})
    table["temperature"] = 10 + 6 * np.sin(2 * np.pi * (table["hour"] - 9) / 24) + rng.normal(scale=2, size=len(table))
    table["rain"] = rng.gamma(0.4, 1.0, size=len(table))
    morning = np.exp(-((table["hour"] - 8) ** 2) / 8.0)
    afternoon = 0.5 * np.exp(-((table["hour"] - 16) ** 2) / 10.0)
    rate = 1.0 + 30.0 * (morning + afternoon) * np.where(table["weekday"] < 5, 1.0, 0.4)
    opened = (table["hour"] >= 6) & (table["hour"] < 20)
    table["coffees"] = np.where(opened, rng.poisson(rate * np.exp(-0.05 * table["rain"])), 0)
    return table


def to_inputs(table, stats):
    numeric = table[["temperature", "rain"]]
    return {
        "hour": table[["hour"]].to_numpy(dtype="int32"),
        "weekday": table[["weekday"]].to_numpy(dtype="int32"),
        "weather": ((numeric - stats["mean"]) / stats["std"]).to_numpy(dtype="float32"),
    }


def poisson_deviance(y_true, y_pred):
    # y log y is 0 for y = 0
    log_term = tf.where(y_true > 0.0, y_true * tf.math.log(y_true / y_pred), 0.0)  # whynan: where_gradient_trap phase=gradient also=log_of_zero
    return 2.0 * tf.reduce_mean(log_term - y_true + y_pred, axis=-1)


def build_model():
    hour = layers.Input((1,), dtype="int32", name="hour")
    weekday = layers.Input((1,), dtype="int32", name="weekday")
    weather = layers.Input((2,), name="weather")
    pieces = [
        layers.Flatten()(layers.Embedding(24, 6)(hour)),
        layers.Flatten()(layers.Embedding(7, 3)(weekday)),
        weather,
    ]
    x = layers.Concatenate()(pieces)
    x = layers.Dense(32, activation="relu")(x)
    x = layers.Dropout(0.1)(x)
    rate = layers.Dense(1, activation="exponential", name="rate")(x)
    return keras.Model({"hour": hour, "weekday": weekday, "weather": weather}, rate)


def main():
    table = sales_table()
    train, test = table.iloc[: 24 * 75], table.iloc[24 * 75 :]
    columns = train[["temperature", "rain"]]
    stats = {"mean": columns.mean(), "std": columns.std()}

    model = build_model()
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=poisson_deviance, metrics=["mae"])
    model.fit(
        to_inputs(train, stats),
        train["coffees"].to_numpy(dtype="float32"),
        validation_data=(to_inputs(test, stats), test["coffees"].to_numpy(dtype="float32")),
        batch_size=64,
        epochs=4,
        verbose=2,
    )


if __name__ == "__main__":
    main()
