"""Proton depth-dose curves: Bragg-Kleeman physics with a learned correction of the range.

The dose in air gaps and behind the peak is measured as well (it is zero there). Batch 1 reports an ordinary loss, then
nan. If I evaluate the untrained model on all rows I get only finite doses.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SETTINGS = dict(alpha=0.0022, p=1.77, seed=12, batch=48, epochs=3, rate=1e-3)


class BraggKleeman(layers.Layer):
    """Dose at a depth for protons that stop at `reach` (both in cm of water)."""

    def __init__(self, p, **kwargs):
        super().__init__(**kwargs)
        self.power = 1.0 / p - 1.0
        self.gain = self.add_weight(shape=(), initializer="ones", name="gain")

    def call(self, reach, depth):
        left = reach - depth
        return tf.where(left > 0.0, self.gain * left ** self.power, 0.0)  # whynan: where_gradient_trap phase=gradient also=pow_domain


def water_tank(n, rng, alpha, p):
    energy = rng.choice([90.0, 110.0, 130.0, 150.0], size=n)  # MeV
    slab = rng.uniform(0.0, 2.0, size=n)  # cm of bone-like plastic in front
    density = rng.normal(1.45, 0.05, size=n)
    true_reach = alpha * energy ** p - (density - 1.0) * slab
    depth = true_reach * rng.uniform(0.05, 1.2, size=n)
    left = true_reach - depth
    dose = np.zeros(n)
    dose[left > 0] = np.maximum(left[left > 0], 0.05) ** (1.0 / p - 1.0)
    dose[left > 0] *= rng.normal(1.0, 0.02, size=(left > 0).sum())
    beam = np.stack([(energy - 120.0) / 25.0, slab - 1.0, (density - 1.45) / 0.05], axis=1)
    nominal = alpha * energy ** p
    as_column = lambda v: v.astype("float32")[:, None]
    return {
        "beam": beam.astype("float32"),
        "nominal": as_column(nominal),
        "depth": as_column(depth),
    }, as_column(dose)


def build(p):
    beam = keras.Input(shape=(3,), name="beam")
    nominal = keras.Input(shape=(1,), name="nominal")
    depth = keras.Input(shape=(1,), name="depth")
    h = layers.Dense(24, activation="swish")(beam)
    h = layers.Dense(24, activation="swish")(h)
    correction = layers.Dense(1, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01))(h)
    reach = layers.Add(name="reach")([nominal, correction])
    dose = BraggKleeman(p, name="bragg")(reach, depth)
    return keras.Model({"beam": beam, "nominal": nominal, "depth": depth}, dose)


keras.utils.set_random_seed(SETTINGS["seed"])
x, y = water_tank(960, np.random.default_rng(SETTINGS["seed"]), SETTINGS["alpha"], SETTINGS["p"])
model = build(SETTINGS["p"])
print("untrained doses finite:", bool(np.isfinite(model.predict(x, verbose=0)).all()))

train = (
    tf.data.Dataset.from_tensor_slices((x, y))
    .shuffle(960, seed=SETTINGS["seed"])
    .batch(SETTINGS["batch"])
    .prefetch(2)
)
model.compile(optimizer=keras.optimizers.Adam(SETTINGS["rate"], clipnorm=1.0), loss=keras.losses.Huber())
model.fit(train, epochs=SETTINGS["epochs"], verbose=2)
