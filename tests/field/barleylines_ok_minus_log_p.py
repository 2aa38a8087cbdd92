"""Yield of barley lines predicted from genetic markers, with the association score of our breeders after each epoch.

The better the prediction gets, the worse the score: it climbs 20, 60, 200 and from then on it is inf until the end. The
breeders do not accept a table with inf in it. Has the network exploded?
"""
import math

import numpy as np
import keras
from scipy.stats import norm


def breeding_material(lines, markers, rng):
    frequency = rng.uniform(0.15, 0.85, markers)
    dosage = rng.binomial(2, frequency, (lines, markers)).astype("float64")
    effect = rng.normal(0.0, 1.0, markers) * (rng.random(markers) < 0.4)
    value = dosage @ effect
    value = (value - value.mean()) / value.std()
    tonnes = 6.4 + 0.9 * (value + 0.3 * rng.normal(size=lines))
    standard = (dosage - 2 * frequency) / np.sqrt(2 * frequency * (1 - frequency))
    return standard.astype("float32"), tonnes.astype("float32")


def endless(x, y, batch, rng):
    while True:
        order = rng.permutation(len(x))
        for start in range(0, len(x) - batch + 1, batch):
            rows = order[start:start + batch]
            yield x[rows], y[rows][:, None]


class AssociationScore(keras.callbacks.Callback):
    """-log10 of the p value of the correlation between predicted and weighed yield (Fisher's z)."""

    def __init__(self, x, y):
        super().__init__()
        self.x, self.y = x, y
        self.table = []

    def on_epoch_end(self, epoch, logs=None):
        predicted = self.model.predict(self.x, batch_size=500, verbose=0)[:, 0]
        r = np.corrcoef(predicted, self.y)[0, 1]
        z = np.arctanh(r) * math.sqrt(len(self.y) - 3)
        p = 2.0 * norm.sf(abs(z))
        score = -np.log10(p)
        self.table.append((epoch + 1, float(r), float(score)))
        print(f"epoch {epoch + 1}: loss {logs['loss']:.4f}  r {r:.3f}  association {score:.1f}")


def main():
    keras.utils.set_random_seed(52)
    rng = np.random.default_rng(52)
    x, y = breeding_material(3000, 80, rng)
    y = (y - y.mean()) / y.std()

    model = keras.Sequential([
        keras.Input((x.shape[1],)),
        keras.layers.Dense(32, activation="elu"),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(1),
    ])
    model.compile(optimizer=keras.optimizers.Adam(6e-4), loss="mse")
    score = AssociationScore(x, y)
    model.fit(endless(x, y, 60, rng), steps_per_epoch=25, epochs=14, verbose=0, callbacks=[score])
    for epoch, r, value in score.table:
        print(epoch, round(r, 4), value)


if __name__ == "__main__":
    main()
# whynan: side_nonfinite
