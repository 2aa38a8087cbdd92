"""Boards per shift at a sawmill. I reused the model factory from our knot detector.

The loss stays at about 410000 whatever I do: another rate, more layers, more epochs. No NaN, no warning, and every
prediction is the same number.
"""
# whynan: unstable
import math

import keras
import numpy as np
from keras import layers

FACTORY_DEFAULTS = {
    "hidden": (64, 32),
    "activation": "relu",
    "dropout": 0.1,
    "out_units": 1,
    "out_activation": "sigmoid",
    "rate": 1e-3,
}


def model_factory(n_features, loss, metrics, **overrides):
    cfg = {**FACTORY_DEFAULTS, **overrides}
    inputs = keras.Input((n_features,), name="features")
    h = inputs
    for width in cfg["hidden"]:
        h = layers.Dense(width, activation=cfg["activation"])(h)
        h = layers.Dropout(cfg["dropout"])(h)
    outputs = layers.Dense(cfg["out_units"], activation=cfg["out_activation"], name="out")(h)
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(cfg["rate"]), loss=loss, metrics=metrics)
    return model


class Shifts(keras.utils.PyDataset):
    def __init__(self, x, y, batch=40, shuffle=False, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch, self.shuffle = x, y, batch, shuffle
        self.rng = np.random.default_rng(5)
        self.order = np.arange(len(x))

    def __len__(self):
        return math.ceil(len(self.x) / self.batch)

    def __getitem__(self, i):
        rows = self.order[i * self.batch:(i + 1) * self.batch]
        return self.x[rows], self.y[rows]

    def on_epoch_end(self):
        if self.shuffle:
            self.rng.shuffle(self.order)


def shift_book(n=1400, seed=21):
    """Log diameter, moisture, share of spruce, blade hours, crew, temperature; boards that left the mill."""
    rng = np.random.default_rng(seed)
    diameter = rng.normal(31, 4, n)
    moisture = rng.normal(48, 7, n)
    spruce = rng.beta(4, 2, n)
    blade_hours = rng.uniform(0, 16, n)
    crew = rng.integers(4, 8, n)
    outside = rng.normal(9, 8, n)
    boards = (640 + 9 * (diameter - 31) - 2 * (moisture - 48) + 60 * (spruce - 0.66) - 7 * (blade_hours - 8)
              + 28 * (crew - 5.5) + rng.normal(0, 20, n))
    x = np.column_stack([diameter, moisture, spruce, blade_hours, crew, outside])
    return x, np.round(boards).astype("float32")[:, None]


def main():
    keras.utils.set_random_seed(1)
    x, y = shift_book()
    cut = 1120
    centre, spread = x[:cut].mean(0), x[:cut].std(0)
    x = ((x - centre) / spread).astype("float32")

    model = model_factory(x.shape[1], loss="mse", metrics=["mae"], hidden=(64, 64, 32), rate=2e-3)
    train, valid = Shifts(x[:cut], y[:cut], shuffle=True), Shifts(x[cut:], y[cut:])
    history = model.fit(train, validation_data=valid, epochs=25, verbose=2,
                        callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=6)])

    guess = model.predict(x[cut:], verbose=0)
    residual = float(np.sum((guess - y[cut:]) ** 2))
    total = float(np.sum((y[cut:] - y[cut:].mean()) ** 2))
    print("loss first/last:", history.history["loss"][0], history.history["loss"][-1])
    print("predictions from", guess.min(), "to", guess.max(), "| R2", round(1 - residual / total, 1))


if __name__ == "__main__":
    main()
