# Stochastic weight averaging as a callback, followed by a short fine tuning with the averaged weights.
# The first fit is completely healthy (loss goes down until the last epoch), the second one is nan.
import logging
import numpy as np
import pandas as pd
import keras
from keras import layers

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("swa")
keras.utils.set_random_seed(17)


class RunningAverage:
    def __init__(self, like):
        self.values = [np.zeros_like(w) for w in like]
        self.count = 0

    def update(self, new):
        n = self.count
        self.values = [(avg * n + w) / n for avg, w in zip(self.values, new)]  # whynan: divide_by_zero phase=update also=nan_in_initial_weights
        self.count += 1


class SWA(keras.callbacks.Callback):
    def __init__(self, start_epoch, every=1):
        super().__init__()
        self.start_epoch, self.every = start_epoch, every

    def on_train_begin(self, logs=None):
        self.average = RunningAverage(self.model.get_weights())

    def on_epoch_end(self, epoch, logs=None):
        if epoch >= self.start_epoch and (epoch - self.start_epoch) % self.every == 0:
            self.average.update(self.model.get_weights())
            log.info("swa: %d snapshots", self.average.count)

    def on_train_end(self, logs=None):
        if self.average.count:
            self.model.set_weights(self.average.values)


def bike_rentals(n=1200):
    rng = np.random.default_rng(17)
    df = pd.DataFrame({
        "temp": rng.normal(15, 8, n), "humidity": rng.uniform(20, 100, n),
        "wind": rng.gamma(2, 5, n), "weekend": rng.integers(0, 2, n),
    })
    y = 0.05 * df.temp - 0.01 * df.humidity - 0.02 * df.wind + 0.3 * df.weekend + rng.normal(0, 0.2, n)
    df = (df - df.mean()) / df.std()
    return df.to_numpy("float32"), y.to_numpy("float32")


def regressor():
    return keras.Sequential([keras.Input((4,)), layers.Dense(32, activation="elu"),
                             layers.Dense(32, activation="elu"), layers.Dense(1)])


x, y = bike_rentals()
model = regressor()
model.compile(keras.optimizers.SGD(0.02, momentum=0.9), loss="mse")
model.fit(x, y, batch_size=64, epochs=8, callbacks=[SWA(start_epoch=5)], verbose=2)

model.compile(keras.optimizers.SGD(0.001), loss="mse")
model.fit(x, y, batch_size=64, epochs=2, verbose=2)
