"""Forecast of the traffic on a university's uplink: one week of hours in, the next hour out (Conv1D, tf.data).

The input series is standardised and has no gaps (I interpolated the two outages). Loss of the first step is something
with e+17, after a handful of steps it is inf, the rest of the epoch is nan. A smaller network does the same.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(40)

WINDOW = 168
HORIZON = 1


def uplink_counter(weeks=14, seed=12):
    """Bytes per hour, from the router's octet counter."""
    rng = np.random.default_rng(seed)
    index = pd.date_range("2024-01-08", periods=weeks * 168, freq="h")
    hour = index.hour.to_numpy()
    day = index.dayofweek.to_numpy()
    shape = 0.25 + np.exp(-0.5 * ((hour - 14) / 4.0) ** 2)
    shape = shape * np.where(day < 5, 1.0, 0.45)
    level = 4.2e8 * shape * np.exp(rng.normal(0, 0.08, len(index)))
    series = pd.Series(level, index=index, name="bytes")
    series.iloc[500:504] = np.nan
    series.iloc[1200:1203] = np.nan
    return series.interpolate()


class Windows:
    """Keeps the scaling together with the data, so that nobody forgets it."""

    def __init__(self, series, train_share=0.8):
        self.raw = series.to_numpy("float32")
        n_train = int(train_share * len(self.raw))
        self.mean = self.raw[:n_train].mean()
        self.std = self.raw[:n_train].std()
        self.scaled = ((self.raw - self.mean) / self.std)[:, None]
        self.n_train = n_train

    def _make(self, start, stop, shuffle):
        return keras.utils.timeseries_dataset_from_array(
            data=self.scaled[start : stop - HORIZON],
            targets=self.raw[start + WINDOW + HORIZON - 1 : stop],
            sequence_length=WINDOW,
            batch_size=32,
            shuffle=shuffle,
            seed=9 if shuffle else None,
        )

    @property
    def train(self):
        return self._make(0, self.n_train, True)

    @property
    def valid(self):
        return self._make(self.n_train, len(self.raw), False)


def forecaster():
    return keras.Sequential(
        [
            keras.Input((WINDOW, 1)),
            layers.Conv1D(8, 7, strides=2, activation="leaky_relu"),
            layers.Conv1D(16, 7, strides=3, activation="leaky_relu"),
            layers.Flatten(),
            layers.Dense(32, activation="leaky_relu"),
            layers.Dense(1),
        ]
    )


if __name__ == "__main__":
    windows = Windows(uplink_counter())
    assert not np.isnan(windows.scaled).any()
    print("scaled input: mean", windows.scaled.mean().round(3), "std", windows.scaled.std().round(3))

    model = forecaster()
    model.compile(optimizer=keras.optimizers.SGD(1e-3, momentum=0.9), loss="mean_squared_error", metrics=["mae"])
    model.fit(windows.train, validation_data=windows.valid, epochs=3, verbose=2)  # whynan: unscaled_target phase=forward|loss also=exploding_gradient,learning_rate_too_high
    forecast = model.predict(windows.valid, verbose=0)[:4, 0]
    print("next hours, in MB:", forecast / 1e6)
