"""Seconds that passengers need for boarding, predicted for the timetable of a bus network with 600 stops.

Stops differ a lot, so the target is standardised per stop with statistics that are updated as the records come in.
Loss is around 0.5 for a few steps and then nan. The records have no gaps, every boarding takes at least 2 seconds, and
there is a small number under the root in case that a stop has only been seen once.
"""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(47)


class StopStatistics:
    """Running mean and spread of the boarding time of every stop."""

    def __init__(self, stops):
        self.stops = stops
        self.seen = np.zeros(stops)
        self.total = np.zeros(stops)
        self.square = np.zeros(stops)

    def update(self, stop, seconds):
        self.seen[stop] += 1
        self.total += np.bincount(stop, weights=seconds, minlength=self.stops)
        self.square += np.bincount(stop, weights=seconds**2, minlength=self.stops)

    def standardise(self, stop, seconds):
        mean = self.total[stop] / self.seen[stop]
        spread = np.sqrt(self.square[stop] / self.seen[stop] - mean**2 + 1e-6)  # whynan: sqrt_of_negative phase=data also=nan_in_label,wrong_counter,catastrophic_cancellation
        return (seconds - mean) / spread


def records(n, stops, seed):
    rng = np.random.default_rng(seed)
    stop = rng.integers(0, stops, n)
    usual = rng.uniform(12, 30, stops)[stop]
    hour = rng.uniform(5, 23, n)
    passengers = 1 + rng.poisson(2.5, n)
    cash = rng.random(n) < 0.2
    pram = rng.random(n) < 0.08
    seconds = usual + 1.8 * (passengers - 3.5) + 6.0 * cash + 9.0 * pram + rng.normal(0, 2.0, n)
    features = np.column_stack(
        [np.sin(2 * np.pi * hour / 24), np.cos(2 * np.pi * hour / 24), (passengers - 3.5) / 1.6, cash, pram]
    )
    return features.astype("float32"), stop, np.maximum(seconds, 2.0)


def stream(features, stop, seconds, statistics, size, seed):
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(features))
        for pick in order.reshape(-1, size):
            statistics.update(stop[pick], seconds[pick])
            target = statistics.standardise(stop[pick], seconds[pick])
            yield features[pick], target[:, None].astype("float32")


def main():
    stops, size = 600, 16
    features, stop, seconds = records(4800, stops, seed=47)
    assert np.isfinite(features).all() and np.isfinite(seconds).all()
    model = keras.Sequential(
        [
            keras.Input((features.shape[1],)),
            layers.Dense(32, activation="selu"),
            layers.Dense(16, activation="selu"),
            layers.Dense(1),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.Huber(delta=2.0))
    data = stream(features, stop, seconds, StopStatistics(stops), size, seed=1)
    model.fit(data, steps_per_epoch=len(features) // size, epochs=2, verbose=2)


main()
