"""Reservoir temperature from the chemistry of hot springs, with a radial basis network.

Centres and widths come from k-means, as in the textbook. The first batches have a normal loss, later in the first
epoch it is nan. With 4 centres instead of 10 it does not always happen.
"""
from functools import partial

import numpy as np
import pandas as pd
import keras
from keras import layers, ops
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(9)


def spring_samples(n=500):
    rng = np.random.default_rng(21)
    temperature = rng.uniform(60, 260, n)
    frame = pd.DataFrame({
        "silica": 0.9 * temperature + rng.normal(0, 18, n),
        "na_k": 14.0 - 0.03 * temperature + rng.normal(0, 0.9, n),
        "chloride": 120 * np.exp(rng.normal(0, 0.5, n)),
        "sulfate": 60 * np.exp(rng.normal(0, 0.5, n)),
        "ph": rng.normal(7.4, 0.6, n),
        "boron": 0.02 * temperature + rng.gamma(2.0, 0.4, n),
    })
    frame.loc[211, ["chloride", "sulfate", "ph"]] = [9400.0, 5200.0, 0.9]  # the crater lake
    return frame, temperature


distance = partial(np.linalg.norm, axis=1)


def centres_and_precisions(x, k, **options):
    labels = KMeans(n_clusters=k, n_init=10, random_state=0, **options).fit_predict(x)
    members = [x[labels == c] for c in range(k)]
    centres = np.stack([m.mean(axis=0) for m in members])
    widths = np.array([distance(m - c).mean() for m, c in zip(members, centres)])
    precisions = 0.5 / widths ** 2  # whynan: nan_in_initial_weights phase=data|forward also=divide_by_zero,bad_initialization
    return centres, precisions.astype("float32")


class RadialBasis(layers.Layer):
    def __init__(self, centres, precisions, **kwargs):
        super().__init__(**kwargs)
        self.centres = self.add_weight(shape=centres.shape, initializer=keras.initializers.Constant(centres),
                                       trainable=False, name="centres")
        self.precisions = self.add_weight(shape=precisions.shape, name="precisions",
                                          initializer=keras.initializers.Constant(precisions))

    def call(self, x):
        squared = ops.sum(ops.square(ops.expand_dims(x, 1) - self.centres), axis=-1)
        return ops.exp(-self.precisions * squared)


def main(k=10):
    frame, temperature = spring_samples()
    x = StandardScaler().fit_transform(frame).astype("float32")
    y = ((temperature - temperature.mean()) / temperature.std()).astype("float32")

    centres, precisions = centres_and_precisions(x, k, max_iter=200)
    model = keras.Sequential([
        keras.Input((x.shape[1],)),
        RadialBasis(centres, precisions),
        layers.Dense(16, activation="tanh"),
        layers.Dense(1),
    ])
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse", metrics=["mae"])
    model.fit(x, y, batch_size=20, epochs=8, verbose=2)
    error = np.abs(model.predict(x, verbose=0)[:, 0] - y).mean() * temperature.std()
    print(f"mean error {error:.1f} degrees")


main()
