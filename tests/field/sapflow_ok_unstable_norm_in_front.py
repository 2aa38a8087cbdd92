"""Sap flow of a beech one hour ahead from the last 48 hours of the same sensor.

A ruler on the plot of yesterday would do better than this network. No NaN anywhere, the loss simply stays where it
started, whatever learning rate or number of layers I try.
"""
import keras
import numpy as np
from keras import layers

HISTORY = 48
BATCH = 64


def beech(hours, rng):
    """Litres per hour: a day and night rhythm, weather that lasts for days, sensor noise."""
    t = np.arange(hours)
    weather = np.zeros(hours)
    for i in range(1, hours):
        weather[i] = 0.98 * weather[i - 1] + 0.12 * rng.normal()
    sun = np.maximum(0.0, np.sin(2 * np.pi * (t - 6) / 24))
    flow = 0.6 + 9.0 * sun * np.exp(0.4 * weather)
    return np.maximum(0.0, flow + 0.15 * rng.normal(size=hours))


class Forecaster:
    def __init__(self, filters=24, blocks=2, learning_rate=2e-3):
        self.learning_rate = learning_rate
        self.model = self._assemble(filters, blocks)

    def _assemble(self, filters, blocks):
        series = keras.Input((HISTORY, 1))
        x = layers.LayerNormalization()(series)
        for _ in range(blocks):
            x = layers.Conv1D(filters, 5, padding="causal", activation="relu")(x)
        x = x[:, -1, :]
        x = layers.Dense(32, activation="relu")(x)
        return keras.Model(series, layers.Dense(1)(x))

    def windows(self, flow, target):
        return keras.utils.timeseries_dataset_from_array(
            flow[:-1, None],
            target[HISTORY:, None],
            sequence_length=HISTORY,
            batch_size=BATCH,
            shuffle=True,
            seed=8,
        )

    def train(self, train, valid, epochs):
        self.model.compile(optimizer=keras.optimizers.Adam(self.learning_rate), loss="mse", metrics=["mae"])
        return self.model.fit(train, validation_data=valid, epochs=epochs, verbose=2)  # whynan: unstable


def main():
    keras.utils.set_random_seed(256)
    flow = beech(2600, np.random.default_rng(256)).astype("float32")
    split = 2000
    centre, spread = flow[:split].mean(), flow[:split].std()
    target = (flow - centre) / spread

    forecaster = Forecaster()
    train = forecaster.windows(flow[:split], target[:split])
    valid = forecaster.windows(flow[split:], target[split:])
    curves = forecaster.train(train, valid, epochs=10).history

    same_as_yesterday = np.mean((target[split + 24 :] - target[split:-24]) ** 2)
    print("loss per epoch", np.round(curves["loss"], 3))
    print("same hour of yesterday would give", round(float(same_as_yesterday), 3))


if __name__ == "__main__":
    main()
