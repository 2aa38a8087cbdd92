"""Activity (standing, walking, running) from six force sensors in an insole, 12-bit readings.

The readings are spread evenly over the range, so I turn them into something bell-shaped inside of the model, then two
dense layers. Loss is nan after the first epoch, with any learning rate. There is no nan in the readings, I looked.
"""
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

SENSORS = 6
FULL_SCALE = 4095


class EvenToNormal(layers.Layer):
    """Maps readings between 0 and 1, evenly spread, onto a standard normal variable."""

    def call(self, readings):
        centred = 2.0 * readings - 1.0
        return math.sqrt(2.0) * tf.math.erfinv(centred)  # whynan: special_function_domain phase=forward rows=58,203,391


def insole(n=480, seed=4):
    rng = np.random.default_rng(seed)
    counts = rng.integers(30, 4060, size=(n, SENSORS))
    counts[58, 2] = 4095   # stepped on a stone
    counts[203, 0] = 0     # heel in the air
    counts[391, 4] = 4095
    readings = (counts / FULL_SCALE).astype("float32")
    heel, toe = readings[:, :3].mean(axis=1), readings[:, 3:].mean(axis=1)
    score = np.stack([heel - toe, 0.25 - np.abs(heel - toe), toe - heel], axis=1)
    activity = (score + rng.normal(0.0, 0.04, score.shape)).argmax(axis=1)
    assert np.isfinite(readings).all() and readings.min() >= 0 and readings.max() <= 1
    return readings, activity.astype("int32")


def build():
    return keras.Sequential(
        [
            keras.Input((SENSORS,)),
            EvenToNormal(name="even_to_normal"),
            layers.Dense(32, activation="relu"),
            layers.Dense(3),
        ]
    )


if __name__ == "__main__":
    keras.utils.set_random_seed(4)
    x, y = insole()
    model = build()
    model.compile(
        optimizer=keras.optimizers.Adam(5e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    history = model.fit(x, y, batch_size=32, epochs=8, verbose=0)
    for epoch, (loss, acc) in enumerate(zip(history.history["loss"], history.history["accuracy"]), start=1):
        print(f"epoch {epoch}: loss {loss:.4f} accuracy {acc:.3f}")
