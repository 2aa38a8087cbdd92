"""Radon in cellars: smooth map over measured reference houses plus a small network for the building.

NaN from the first epoch on. The kernel weights lie between 0 and 1 by construction, the coordinates are in km and the
reference houses are learnable levels initialised at the regional mean. A larger bandwidth does not help at all.
"""
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(77)


@dataclass(frozen=True)
class MapSettings:
    bandwidth_km: float = 12.0
    n_reference: int = 45
    extent_km: float = 100.0

    @property
    def precision(self):
        """1 / (2 h^2) of the Gaussian kernel."""
        return 1.0 / 2.0 * self.bandwidth_km**2


class KernelMap(keras.layers.Layer):
    def __init__(self, places, precision, **kwargs):
        super().__init__(**kwargs)
        self.places = np.asarray(places, "float32")
        self.precision = float(precision)

    def build(self, input_shape):
        self.levels = self.add_weight(
            name="levels", shape=(len(self.places),), initializer=keras.initializers.Constant(4.0)
        )

    def call(self, xy):
        gap = xy[:, tf.newaxis, :] - self.places[np.newaxis]
        closeness = tf.exp(-self.precision * tf.reduce_sum(gap**2, axis=-1))
        total = tf.reduce_sum(closeness, axis=1)
        level = tf.reduce_sum(closeness * self.levels, axis=1) / total  # whynan: exp_underflow phase=forward also=zero_weight_sum,divide_by_zero
        return level[:, tf.newaxis]


class RadonModel(keras.Model):
    def __init__(self, places, settings, **kwargs):
        super().__init__(**kwargs)
        self.map = KernelMap(places, settings.precision)
        self.hidden = keras.layers.Dense(16, activation="swish")
        self.house = keras.layers.Dense(1)

    def call(self, inputs):
        return self.map(inputs["xy"]) + self.house(self.hidden(inputs["building"]))


def survey(settings, n=600):
    rng = np.random.default_rng(7)
    xy = rng.uniform(0, settings.extent_km, (n, 2))
    building = np.stack(
        [rng.normal(0, 1, n), rng.integers(0, 2, n), rng.integers(0, 4, n) / 3.0, rng.normal(0, 1, n)], axis=1
    )
    ground = 4.0 + np.sin(xy[:, 0] / 18) + np.cos(xy[:, 1] / 25)
    log_bq = ground + 0.4 * building[:, 1] - 0.3 * building[:, 2] + rng.normal(0, 0.2, n)
    inputs = {"xy": xy.astype("float32"), "building": building.astype("float32")}
    places = rng.uniform(0, settings.extent_km, (settings.n_reference, 2))
    return inputs, log_bq.astype("float32")[:, None], places


settings = MapSettings()
inputs, log_bq, places = survey(settings)
model = RadonModel(places, settings)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
model.fit(inputs, log_bq, batch_size=32, epochs=5, verbose=2)
