"""Weight of cod from the landing photographs' measurements (length, girth, ...), in grams.

The output layer carries the location and the spread of the target, so that the network itself can work with unit
numbers; the spread is trained through a softplus to keep it positive. For the herring data (tens of grams) it is
perfect. For cod the loss is nan right away, although I only changed the file.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(66)
rng = np.random.default_rng(66)


class BackToGrams(layers.Layer):
    def __init__(self, middle, spread, **kwargs):
        super().__init__(**kwargs)
        self.middle = self.add_weight(shape=(), initializer=keras.initializers.Constant(middle), name="middle")
        # inverse of the softplus below
        self.raw = self.add_weight(shape=(), initializer=keras.initializers.Constant(np.log(np.expm1(spread))), name="raw")  # whynan: nan_in_initial_weights phase=forward|data also=exp_overflow,bad_initialization,unscaled_target

    def call(self, unit):
        return self.middle + ops.softplus(self.raw) * unit


def landings(n, species):
    factor, mean_length, sd_length = {"herring": (0.0061, 24.0, 2.0), "cod": (0.0082, 66.0, 11.0)}[species]
    length = np.clip(rng.normal(mean_length, sd_length, n), 12.0, None)
    girth = 0.5 * length * rng.normal(1.0, 0.05, n)
    height = 0.21 * length * rng.normal(1.0, 0.04, n)
    month = rng.integers(1, 13, n)
    condition = 1.0 + 0.08 * np.sin(month / 6.0 * np.pi) + 0.8 * (girth / length - 0.5)
    grams = factor * length ** 3.02 * condition * rng.normal(1.0, 0.03, n)
    table = np.stack([length, girth, height, np.sin(month / 6 * np.pi), np.cos(month / 6 * np.pi)], axis=1)
    return table, grams


table, grams = landings(1400, species="cod")
table = ((table - table.mean(axis=0)) / table.std(axis=0)).astype("float32")
print(f"grams: mean {grams.mean():.0f}, sd {grams.std():.0f}, smallest {grams.min():.0f}, largest {grams.max():.0f}")

model = keras.Sequential([
    keras.Input(shape=(table.shape[1],)),
    layers.Dense(32, activation="tanh"),
    layers.Dense(32, activation="tanh"),
    layers.Dense(1),
    BackToGrams(grams.mean(), grams.std(), name="grams"),
])
model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mae", metrics=["mape"])
model.fit(table, grams.astype("float32"), validation_split=0.2, batch_size=70, epochs=4, verbose=2)
