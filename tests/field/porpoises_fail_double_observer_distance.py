"""Detection function for a ferry survey of harbour porpoises.

Two observers stand on the bridge.  Every group that the primary observer reports is a trial for the secondary
observer: she sees it too, or she misses it.  A small network turns sea state, glare, group size and deck height into
the width of a half-normal detection curve.  With simulated tracks on a regular grid everything was fine; with the
real field sheets the first line of the log already reads "loss: nan".
"""
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

CONFIG = {"groups": 1280, "observers": 6, "batch": 64, "epochs": 5, "narrowest": 0.3, "rate": 2e-3}


def field_sheets(n, observers, rng):
    """Radial distance from the reticle binoculars, angle read from the angle board to the nearest five degrees."""
    sea_state = rng.integers(0, 5, n).astype("float32")
    glare = rng.uniform(0, 1, n).astype("float32")
    group = 1.0 + rng.poisson(0.8, n).astype("float32")
    deck = rng.choice([9.5, 12.0, 14.5], n).astype("float32")
    observer = rng.integers(0, observers, n).astype("int32")

    radial = rng.gamma(3.0, 90.0, n)
    angle = np.minimum(np.abs(rng.normal(0.0, 35.0, n)), 90.0)
    angle = np.round(angle / 5.0) * 5.0
    perpendicular = radial * np.sin(np.radians(angle)) / 100.0  # hundreds of metres

    width = np.exp(1.1 - 0.22 * sea_state - 0.3 * glare + 0.08 * group)
    chance = 0.85 * np.exp(-0.5 * (perpendicular / width) ** 2)
    seen = (rng.uniform(size=n) < chance).astype("float32")

    conditions = np.stack([sea_state / 4.0, glare, np.log(group), (deck - 12.0) / 2.5], axis=1).astype("float32")
    target = np.stack([seen, perpendicular.astype("float32")], axis=1)
    return {"conditions": conditions, "observer": observer}, target


class HalfNormalTrials(keras.losses.Loss):
    """Bernoulli likelihood of the trials of the second observer."""

    def __init__(self, narrowest, name="half_normal_trials"):
        super().__init__(name=name)
        self.narrowest = narrowest

    def call(self, y_true, y_pred):
        seen, distance = y_true[:, 0], y_true[:, 1]
        sigma = ops.maximum(ops.exp(y_pred[:, 0]), self.narrowest)
        chance = ops.exp(-0.5 * ops.square(distance / sigma))
        found = seen * ops.log(chance + 1e-7)
        missed = (1.0 - seen) * ops.log(1.0 - chance)  # whynan: log_of_zero phase=loss
        return -(found + missed)


def build(observers):
    conditions = keras.Input((4,), name="conditions")
    observer = keras.Input((), dtype="int32", name="observer")
    habit = layers.Embedding(observers, 3)(observer)
    h = layers.Concatenate()([conditions, habit])
    h = layers.Dense(24, activation="swish")(h)
    h = layers.Dense(12, activation="swish")(h)
    log_width = layers.Dense(1, name="log_width")(h)
    return keras.Model({"conditions": conditions, "observer": observer}, log_width)


def main():
    keras.utils.set_random_seed(31)
    rng = np.random.default_rng(31)
    sheets, trials = field_sheets(CONFIG["groups"], CONFIG["observers"], rng)
    print(f"{trials[:, 0].mean():.2f} of the groups seen again, median distance {np.median(trials[:, 1]):.2f}")

    train = tf.data.Dataset.from_tensor_slices((sheets, trials))
    train = train.shuffle(CONFIG["groups"], seed=2).batch(CONFIG["batch"]).prefetch(1)

    model = build(CONFIG["observers"])
    model.compile(optimizer=keras.optimizers.Adam(CONFIG["rate"]), loss=HalfNormalTrials(CONFIG["narrowest"]))
    model.fit(train, epochs=CONFIG["epochs"], verbose=2)

    widths = np.exp(model.predict(sheets, verbose=0)[:, 0])
    strip = float(np.mean(widths)) * math.sqrt(math.pi / 2.0)
    print(f"effective strip half-width {100 * strip:.0f} m")


if __name__ == "__main__":
    main()
