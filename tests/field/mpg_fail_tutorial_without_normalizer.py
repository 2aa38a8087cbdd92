"""Basic regression: fuel efficiency (TF tutorial), on our own fleet export.

Differences with the tutorial: no Normalization layer (I want to read the coefficients in
the original units), mean squared error, and SGD since it's linear anyway.
"""
import argparse

import numpy as np
import pandas as pd
import keras
from keras import layers


def fleet_export(n=398, seed=7):
    rng = np.random.default_rng(seed)
    cylinders = rng.choice([4, 6, 8], n, p=[0.5, 0.22, 0.28])
    displacement = 45.0 * cylinders - 60 + rng.normal(0, 20, n)
    horsepower = 0.35 * displacement + 35 + rng.normal(0, 12, n)
    weight = 6.5 * displacement + 1700 + rng.normal(0, 200, n)
    acceleration = 22 - 0.06 * horsepower + rng.normal(0, 1.5, n)
    model_year = rng.integers(70, 83, n)
    mpg = 46 - 0.0065 * weight - 0.03 * horsepower + 0.4 * (model_year - 70) + rng.normal(0, 2, n)
    origin = rng.choice(["USA", "Europe", "Japan"], n, p=[0.6, 0.2, 0.2])
    return pd.DataFrame({
        "MPG": np.round(mpg, 1),
        "Cylinders": cylinders,
        "Displacement": np.round(displacement, 1),
        "Horsepower": np.round(horsepower),
        "Weight": np.round(weight),
        "Acceleration": np.round(acceleration, 1),
        "Model Year": model_year,
        "Origin": origin,
    })


def prepare(raw):
    dataset = raw.dropna()
    dataset = pd.get_dummies(dataset, columns=["Origin"], prefix="", prefix_sep="", dtype=float)
    train = dataset.sample(frac=0.8, random_state=0)
    test = dataset.drop(train.index)
    print(train.describe().transpose()[["mean", "std"]])
    y_train, y_test = train.pop("MPG"), test.pop("MPG")
    return train.astype("float32"), y_train.astype("float32"), test.astype("float32"), y_test.astype("float32")


def build_and_compile_model(n_features, lr):
    model = keras.Sequential([
        keras.Input(shape=(n_features,)),
        # normalizer,
        layers.Dense(units=1),
    ])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=lr),
        loss="mean_squared_error",
        metrics=["mean_absolute_error"],
    )
    return model


class EpochDots(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch % 5 == 0:
            print("\nepoch", epoch, {k: float(v) for k, v in (logs or {}).items()})
        print(".", end="")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--lr", type=float, default=0.01)
    args = parser.parse_args()

    keras.utils.set_random_seed(0)
    train_features, train_labels, test_features, test_labels = prepare(fleet_export())
    model = build_and_compile_model(train_features.shape[1], args.lr)
    model.summary()
    history = model.fit(  # whynan: unscaled_input phase=loss|forward|gradient|update also=learning_rate_too_high,exploding_gradient
        train_features.to_numpy(),
        train_labels.to_numpy(),
        validation_split=0.2,
        epochs=args.epochs,
        verbose=0,
        callbacks=[EpochDots()],
    )
    hist = pd.DataFrame(history.history)
    print(hist.tail())
