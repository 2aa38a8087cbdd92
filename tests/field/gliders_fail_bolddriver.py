"""Sink rate polar of club gliders, learned from logger data (1 Hz, thermals removed)."""
import numpy as np
import keras
from keras import layers


class BoldDriver(keras.callbacks.Callback):
    """Old rule of thumb: a bit faster while the loss falls, brake hard when it rises."""

    def __init__(self, up=1.05, down=0.5):
        super().__init__()
        self.up = up
        self.down = down
        self.reference = np.inf
        self.trace = []

    def on_train_batch_end(self, batch, logs=None):
        current = logs["loss"]
        lr = float(self.model.optimizer.learning_rate)
        if current < self.reference:
            lr *= self.up
        else:
            lr *= self.down
            self.reference = current
        self.model.optimizer.learning_rate = lr
        self.trace.append(lr)


def polar(speed, wing_load, bugs, flap):
    v = speed / 100.0
    w = wing_load / 38.0
    return 0.28 * v ** 3 / np.sqrt(w) + 0.36 * w / v + 0.12 * bugs * v ** 2 - 0.03 * flap * (1.1 - v)


def load_flights(n, rng):
    speed = rng.uniform(75, 190, n)
    wing_load = rng.uniform(32, 52, n)
    bugs = rng.beta(1.2, 4.0, n)
    flap = rng.integers(-2, 3, n)
    density = rng.normal(1.05, 0.06, n)
    sink = polar(speed, wing_load, bugs, flap) / np.sqrt(density) + rng.normal(0, 0.08, n)
    x = np.column_stack([speed, wing_load, bugs, flap, density])
    return x.astype("float32"), sink.astype("float32").reshape(-1, 1)


def main():
    keras.utils.set_random_seed(77)
    rng = np.random.default_rng(77)
    x, y = load_flights(1216, rng)
    x = (x - x.mean(0)) / x.std(0)
    y = (y - y.mean()) / y.std()

    model = keras.Sequential([
        layers.Input((5,)),
        layers.Dense(24, activation="tanh"),
        layers.Dense(24, activation="tanh"),
        layers.Dense(1),
    ])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mse")

    driver = BoldDriver()
    hist = model.fit(x, y, batch_size=32, epochs=12, callbacks=[driver], verbose=2)  # whynan: learning_rate_too_high phase=loss|forward|gradient|update
    print("final training loss:", hist.history["loss"][-1])
    print("learning rate now:", driver.trace[-1])

    grid = np.zeros((5, 5), dtype="float32")
    grid[:, 0] = np.linspace(-1.5, 1.5, 5)
    print("polar over speed:", model.predict(grid, verbose=0).ravel())


if __name__ == "__main__":
    main()
