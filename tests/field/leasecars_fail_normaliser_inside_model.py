"""Which lease cars come back damaged?  Damage model for the returns department.

To deploy only one file, the scaling went from a sklearn pipeline into the model, as a Normalization layer.  On the laptop
it works.  With the settings of the training server the loss is nan from the first epoch and the accuracy never moves from
its first value.  The table has no missing values; describe() looks the same on both machines.
"""
import argparse

import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.model_selection import train_test_split

COLUMNS = ["age_months", "odometer_km", "list_price", "services_missed", "drivers"]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--policy", default="mixed_float16")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=13)
    return parser.parse_args([])


def returned_cars(count, seed):
    rng = np.random.default_rng(seed)
    age = rng.integers(12, 61, count)
    yearly = rng.gamma(6.0, 2600.0, count)
    cars = pd.DataFrame(
        {
            "age_months": age,
            "odometer_km": (yearly * age / 12.0).round(),
            "list_price": rng.normal(34_000, 7_500, count).clip(16_000, 61_000).round(-2),
            "services_missed": rng.poisson(0.4, count),
            "drivers": 1 + rng.poisson(0.3, count),
        }
    )
    risk = (
        -1.6
        + 0.018 * (cars["odometer_km"] / 1000.0)
        + 0.6 * cars["services_missed"]
        + 0.5 * (cars["drivers"] - 1)
        - 0.01 * (cars["list_price"] / 1000.0)
    )
    cars["damaged"] = (rng.random(count) < 1.0 / (1.0 + np.exp(-risk))).astype("int32")
    return cars


def damage_model(examples):
    scaler = layers.Normalization(axis=-1, name="scaler")
    scaler.adapt(examples)

    car = keras.Input((len(COLUMNS),), name="car")
    x = scaler(car)
    for units in (48, 24):
        x = layers.Dense(units, activation="silu")(x)
        x = layers.Dropout(0.1)(x)
    # the last layer in full precision, as the guide recommends
    damaged = layers.Dense(1, dtype="float32", name="damaged")(x)
    return keras.Model(car, damaged)


def main():
    options = arguments()
    keras.utils.set_random_seed(options.seed)
    keras.mixed_precision.set_global_policy(options.policy)

    cars = returned_cars(2000, options.seed)
    assert not cars.isna().any().any()
    features = cars[COLUMNS].to_numpy("float32")
    labels = cars[["damaged"]].to_numpy("float32")
    train_x, test_x, train_y, test_y = train_test_split(features, labels, test_size=0.2, random_state=options.seed)

    model = damage_model(train_x)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
    )
    model.fit(  # whynan: float16_overflow phase=forward also=unscaled_input,inf_in_input
        train_x,
        train_y,
        validation_data=(test_x, test_y),
        batch_size=options.batch,
        epochs=options.epochs,
        verbose=2,
    )


if __name__ == "__main__":
    main()
