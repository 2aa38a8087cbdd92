"""Reading handwritten postcode digits (8x8), restarted from the settings file of an earlier run.

The first run, where the settings were a dictionary in the script, reached 97 %. Since the settings are written next to
the checkpoint and read back, every run gives nan: the first batch has a normal loss (about 2.3), everything after it
is nan. I compared the two settings by eye, they look the same.
"""
import dataclasses
import os
import tempfile

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


@dataclasses.dataclass
class Settings:
    units: int = 64
    dropout: float = 0.2
    batch_size: int = 32
    epochs: int = 3
    learning_rate: float = 1e-3
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    seed: int = 5

    def save(self, path):
        with open(path, "w") as f:
            for field in dataclasses.fields(self):
                value = getattr(self, field.name)
                text = f"{value:d}" if field.type in (int, "int") else f"{value:.6f}"
                f.write(f"{field.name:<15} = {text}\n")

    @classmethod
    def read(cls, path):
        values = {}
        types = {field.name: field.type for field in dataclasses.fields(cls)}
        with open(path) as f:
            for line in f:
                name, text = (part.strip() for part in line.split("="))
                values[name] = int(text) if types[name] in (int, "int") else float(text)
        return cls(**values)


def load():
    digits = load_digits()
    X = (digits.data / 16.0).astype("float32")
    y = digits.target.astype("int32")
    return train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)


def build(settings, inputs, classes=10):
    model = keras.Sequential(name="postcodes")
    model.add(keras.Input((inputs,)))
    model.add(keras.layers.Dense(settings.units, activation="relu"))
    model.add(keras.layers.Dropout(settings.dropout))
    model.add(keras.layers.Dense(settings.units // 2, activation="relu"))
    model.add(keras.layers.Dense(classes))
    model.compile(
        optimizer=keras.optimizers.Adam(
            learning_rate=settings.learning_rate,
            beta_1=settings.beta_1,
            beta_2=settings.beta_2,
            epsilon=settings.epsilon,
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


class Run:
    def __init__(self, folder):
        self.folder = folder
        self.file = os.path.join(folder, "settings.txt")

    def prepare(self, settings):
        settings.save(self.file)
        return self

    def start(self):
        settings = Settings.read(self.file)
        keras.utils.set_random_seed(settings.seed)
        X_train, X_test, y_train, y_test = load()
        assert np.isfinite(X_train).all()
        model = build(settings, X_train.shape[1])
        model.fit(X_train, y_train, batch_size=settings.batch_size, epochs=settings.epochs, verbose=2)  # whynan: divide_by_zero phase=update also=optimizer_epsilon_zero
        return model.evaluate(X_test, y_test, verbose=0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print("test loss, accuracy:", Run(folder).prepare(Settings()).start())
