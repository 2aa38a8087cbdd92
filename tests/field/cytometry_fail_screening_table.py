"""Benign or malignant from the 30 cytometry measurements, the measurements weighted by their univariate evidence.

loss: nan, accuracy stuck, in every batch from the first one. The scaled measurements are clean, and the network
without the weighting step of the pipeline has 97 % on the test set.
"""
import tempfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.datasets import load_breast_cancer
from sklearn.feature_selection import f_classif
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler


class ScreeningTable:
    """F test of each measurement; kept on disk, so that the colleagues can read it and we compute it once."""

    def __init__(self, folder):
        self.path = Path(folder) / "screening.csv"

    def _compute(self, X, y, names):
        f_value, p_value = f_classif(X, y)
        table = pd.DataFrame({"measurement": names, "f": f_value, "p": p_value})
        return table.sort_values("f", ascending=False)

    def get(self, X, y, names):
        if not self.path.exists():
            self._compute(X, y, names).to_csv(self.path, index=False, float_format="%.8f")
        table = pd.read_csv(self.path).set_index("measurement")
        return table.loc[list(names)]


class EvidenceWeighting(TransformerMixin, BaseEstimator):
    def __init__(self, table=None, names=()):
        self.table = table
        self.names = names

    def fit(self, X, y):
        screening = self.table.get(X, y, self.names)
        evidence = -np.log10(screening["p"].to_numpy())  # whynan: log_of_zero phase=data also=inf_in_input,nan_in_input
        self.weights_ = evidence / evidence.mean()
        return self

    def transform(self, X):
        return np.asarray(X) * self.weights_


class SmearNet(keras.Model):
    def __init__(self, units=(24, 12), dropout=0.1):
        super().__init__()
        self.hidden = [layers.Dense(width, activation="tanh") for width in units]
        self.dropout = layers.Dropout(dropout)
        self.logit = layers.Dense(1)

    def call(self, inputs, training=False):
        x = inputs
        for layer in self.hidden:
            x = self.dropout(layer(x), training=training)
        return self.logit(x)


def prepare(folder):
    data = load_breast_cancer()
    X_train, X_test, y_train, y_test = train_test_split(data.data, data.target, test_size=0.25, stratify=data.target,
                                                        random_state=8)
    names = [name.replace(" ", "_") for name in data.feature_names]
    pipeline = Pipeline([
        ("scale", StandardScaler()),
        ("evidence", EvidenceWeighting(ScreeningTable(folder), names)),
    ])
    X_train = pipeline.fit_transform(X_train, y_train).astype("float32")
    X_test = pipeline.transform(X_test).astype("float32")
    return X_train, y_train.astype("float32"), X_test, y_test.astype("float32")


def main():
    keras.utils.set_random_seed(40)
    with tempfile.TemporaryDirectory() as folder:
        X_train, y_train, X_test, y_test = prepare(folder)
    model = SmearNet()
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
    )
    model.fit(X_train, y_train, batch_size=32, epochs=6, verbose=2)
    print("test", model.evaluate(X_test, y_test, verbose=0))


if __name__ == "__main__":
    main()
