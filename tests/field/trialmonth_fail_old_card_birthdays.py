"""Hearing aid shop: does a customer keep the device after the trial month?

Export of the shop program (old card index and web form together). The loss is nan from the
first epoch on. isna().sum() is 0 for every column and there are no empty cells in the CSV.
Without the age layer it trains.
"""
import tempfile
from datetime import datetime
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(12)


def write_export(path, n=640):
    rng = np.random.default_rng(21)
    fitted = pd.Timestamp("2021-01-04") + pd.to_timedelta(rng.integers(0, 1090, n), unit="D")
    age = np.clip(rng.normal(66.0, 13.0, n), 31.0, 95.0)
    born = fitted - pd.to_timedelta((age * 365.25).astype(int), unit="D")
    from_card = rng.random(n) < 0.3
    threshold = np.clip(12.0 + 0.6 * (age - 30.0) + rng.normal(0.0, 7.0, n), 10.0, 95.0)
    price = rng.choice([690.0, 1290.0, 1990.0, 2890.0], n)
    chance = 1.0 / (1.0 + np.exp(-(0.06 * (threshold - 38.0) - 0.0005 * (price - 1400.0))))
    pd.DataFrame({
        "fitted": fitted.strftime("%d.%m.%Y"),
        "born": np.where(from_card, born.strftime("%d.%m.%y"), born.strftime("%d.%m.%Y")),
        "threshold_db": threshold.round(1),
        "price": price,
        "advised": np.where(from_card, "shop", rng.choice(["web", "phone", "doctor"], n)),
        "kept": (chance > rng.random(n)).astype(int),
    }).to_csv(path, sep=";", decimal=",", index=False)


def birthday(text):
    return datetime.strptime(text, "%d.%m.%y" if len(text) == 8 else "%d.%m.%Y")


def load(path):
    frame = pd.read_csv(path, sep=";", decimal=",")
    fitted = pd.to_datetime(frame["fitted"], format="%d.%m.%Y")
    born = pd.to_datetime(pd.Series([birthday(text) for text in frame["born"]]))
    frame["age"] = (fitted - born).dt.days / 365.25
    return frame.dropna()


class OctavesOfAge(layers.Layer):
    """Hearing changes along the logarithm of age; every unit has its own slope."""

    def __init__(self, units=6, reference=50.0, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.reference = reference

    def build(self, input_shape):
        self.slope = self.add_weight(
            shape=(self.units,), initializer=keras.initializers.RandomNormal(stddev=0.5), name="slope")
        self.shift = self.add_weight(shape=(self.units,), initializer="zeros", name="shift")

    def call(self, age):
        octaves = ops.log(age / self.reference)  # whynan: log_of_negative phase=forward
        return octaves * self.slope + self.shift


def build_model(normalise, n_channels):
    age = keras.Input((1,), name="age")
    numbers = keras.Input((2,), name="numbers")
    advised = keras.Input((n_channels,), name="advised")
    x = layers.Concatenate()([OctavesOfAge()(age), normalise(numbers), advised])
    x = layers.Dense(24, activation="silu")(x)
    x = layers.Dense(12, activation="silu")(x)
    model = keras.Model([age, numbers, advised], layers.Dense(1)(x))
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    return model


def columns(frame, lookup):
    return [
        frame[["age"]].to_numpy("float32"),
        frame[["threshold_db", "price"]].to_numpy("float32"),
        np.asarray(lookup(tf.constant(frame["advised"].tolist())), "float32"),
    ]


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trials.csv"
        write_export(path)
        frame = load(path)

    train = frame.sample(frac=0.8, random_state=3)
    test = frame.drop(train.index)

    lookup = layers.StringLookup(output_mode="one_hot")
    lookup.adapt(train["advised"].tolist())
    normalise = layers.Normalization()
    normalise.adapt(train[["threshold_db", "price"]].to_numpy("float32"))

    model = build_model(normalise, lookup.vocabulary_size())
    model.fit(
        columns(train, lookup), train[["kept"]].to_numpy("float32"),
        validation_data=(columns(test, lookup), test[["kept"]].to_numpy("float32")),
        batch_size=32, epochs=6, verbose=2,
    )


if __name__ == "__main__":
    main()
