"""Cups sold per hour at the lemonade stands, with averaged weights every few epochs."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(2024)


class WeightAveraging(keras.callbacks.Callback):
    """Take a snapshot of the weights every `every` steps and replace the
    weights by the mean of the snapshots after each `cycle` epochs."""

    def __init__(self, every=50, cycle=3):
        super().__init__()
        self.every = every
        self.cycle = cycle

    def on_train_begin(self, logs=None):
        self._clear()

    def _clear(self):
        self.total = [np.zeros_like(w) for w in self.model.get_weights()]
        self.snapshots = 0

    def on_train_batch_end(self, batch, logs=None):
        if (batch + 1) % self.every == 0:
            self.total = [t + w for t, w in zip(self.total, self.model.get_weights())]
            self.snapshots += 1

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.cycle == 0:
            averaged = [t / self.snapshots for t in self.total]  # whynan: divide_by_zero phase=update also=empty_reduction
            self.model.set_weights(averaged)
            self._clear()


def stand_hours(n, rng):
    temp = rng.normal(24, 5, n)
    sun = rng.beta(3, 2, n)
    hour = rng.integers(10, 19, n)
    weekend = rng.random(n) < 2 / 7
    school = rng.random(n) < 0.4
    price = rng.choice([0.8, 1.0, 1.2, 1.5], n)
    distance = rng.exponential(120, n)
    lam = np.exp(
        1.6 + 0.06 * (temp - 24) + 0.7 * sun + 0.4 * weekend
        - 0.3 * school - 0.8 * (price - 1) - 0.002 * distance
        - 0.05 * (hour - 15) ** 2 / 4
    )
    cups = rng.poisson(lam)
    x = np.column_stack([
        (temp - 24) / 5, sun, (hour - 14) / 3, weekend, school,
        (price - 1.1) / 0.25, np.log1p(distance) / 5,
    ])
    return x.astype("float32"), cups.astype("float32")


rng = np.random.default_rng(2024)
x_train, y_train = stand_hours(1280, rng)
x_test, y_test = stand_hours(320, rng)

model = keras.Sequential([
    keras.Input((x_train.shape[1],)),
    layers.Dense(24, activation="gelu"),
    layers.Dense(24, activation="gelu"),
    layers.Dense(1, activation="softplus"),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="poisson")
model.fit(
    x_train, y_train,
    batch_size=32,
    epochs=8,
    callbacks=[WeightAveraging()],
    verbose=2,
)
print("test deviance-ish:", model.evaluate(x_test, y_test, verbose=0))
