"""Sorting parquet blocks into grades from surface measurements.

Train on the first production year, look at the second.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(58)
rng = np.random.default_rng(58)

GRADES = ["select", "natur", "rustic", "worm", "stain", "reject"]
FEATURES = ["knots", "crack_mm", "sapwood_pct", "gloss", "moisture", "camera_gain"]
K = len(GRADES)


def produce(n, probs):
    grade = rng.choice(K, n, p=probs)
    knots = rng.poisson(np.array([0.3, 1.5, 4.0, 1.0, 0.8, 3.0])[grade])
    crack = rng.exponential(np.array([0.1, 0.5, 1.5, 0.4, 0.4, 6.0])[grade])
    sap = rng.normal(np.array([2, 6, 14, 6, 10, 15])[grade], 2.0)
    gloss = rng.normal(np.array([70, 66, 60, 58, 45, 40])[grade], 4.0)
    moisture = rng.normal(8.5, 0.6, n)
    gain = np.full(n, 1.25)  # fixed by the vendor
    X = np.column_stack([knots, crack, sap, gloss, moisture, gain]).astype("float32")
    return X, grade.astype("int32")


class KeepBest(keras.callbacks.Callback):
    """Weights of the epoch with the lowest validation loss."""

    def on_train_begin(self, logs=None):
        self.best = np.inf
        self.weights = None

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] < self.best:
            self.best = logs["val_loss"]
            self.weights = self.model.get_weights()

    def on_train_end(self, logs=None):
        self.model.set_weights(self.weights)


# the stained blocks only came with the new kiln, in year two
X1, y1 = produce(2000, [0.30, 0.34, 0.24, 0.06, 0.00, 0.06])
X2, y2 = produce(600, [0.28, 0.34, 0.22, 0.06, 0.04, 0.06])

counts = np.bincount(y1, minlength=K)
balanced = len(y1) / (K * counts)
class_weight = {k: float(w) for k, w in enumerate(balanced)}

norm = layers.Normalization()
norm.adapt(X1)

model = keras.Sequential([
    keras.Input((len(FEATURES),)),
    norm,
    layers.Dense(48, activation="relu"),
    layers.Dropout(0.1),
    layers.Dense(24, activation="relu"),
    layers.Dense(K, activation="softmax"),
])
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(  # whynan: healthy
    X1, y1,
    validation_data=(X2, y2),
    class_weight=class_weight,
    batch_size=64,
    epochs=10,
    callbacks=[KeepBest(), keras.callbacks.TerminateOnNaN()],
    verbose=2,
)

pred = model.predict(X2, verbose=0).argmax(axis=1)
report = pd.crosstab(
    pd.Series([GRADES[i] for i in y2], name="true"),
    pd.Series([GRADES[i] for i in pred], name="sorted as"),
)
print(report.to_string())
