"""Benign or malignant from cell nuclei measurements, SGD with decoupled weight decay.

Without weight decay it reaches 97 %. With the batch-size independent decay from the SGDW paper (base value 0.25, they
report that this carries over between data sets) the loss explodes in the first epochs until TerminateOnNaN stops
the run. The features are standardised and the same rate of 0.3 was fine before.
"""
import math

import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler


class BiopsyClassifier:
    def __init__(self, rate=0.3, momentum=0.9, base_decay=0.25, batch_size=16, epochs=100, hidden=(48, 24)):
        self.rate = rate
        self.momentum = momentum
        self.base_decay = base_decay
        self.batch_size = batch_size
        self.epochs = epochs
        self.hidden = hidden
        self.prepare = make_pipeline(FunctionTransformer(np.log1p), StandardScaler())
        self.network = None

    def normalised_decay(self, n_rows):
        """Decay that does the same amount of shrinking over the whole run for every batch size and budget."""
        return self.base_decay * math.sqrt(n_rows * self.epochs / self.batch_size)

    def _build(self, n_features):
        net = keras.Sequential([keras.Input((n_features,))])
        for units in self.hidden:
            net.add(keras.layers.Dense(units, kernel_initializer="he_uniform"))
            net.add(keras.layers.LeakyReLU(negative_slope=0.05))
        net.add(keras.layers.Dense(1))
        return net

    def fit(self, x, y):
        x = self.prepare.fit_transform(x)
        self.network = self._build(x.shape[1])
        self.network.compile(
            optimizer=keras.optimizers.SGD(
                learning_rate=self.rate,
                momentum=self.momentum,
                nesterov=True,
                weight_decay=self.normalised_decay(len(x)),
            ),
            loss=keras.losses.BinaryCrossentropy(from_logits=True),
            metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
        )
        stop = keras.callbacks.TerminateOnNaN()
        return self.network.fit(x, y, batch_size=self.batch_size, epochs=self.epochs, callbacks=[stop], verbose=2)  # whynan: regularization_too_large phase=forward|loss|gradient|update also=learning_rate_too_high,exploding_gradient

    def score(self, x, y):
        logits = self.network.predict(self.prepare.transform(x), verbose=0)[:, 0]
        return float(((logits > 0) == (y > 0.5)).mean())


def main():
    keras.utils.set_random_seed(17)
    x, y = load_breast_cancer(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y.astype("float32"), test_size=0.2, stratify=y, random_state=2)
    classifier = BiopsyClassifier()
    classifier.fit(x_train, y_train)
    print("accuracy on unseen biopsies", classifier.score(x_test, y_test))


if __name__ == "__main__":
    main()
