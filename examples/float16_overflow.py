# exit: 1
"""Loudness of short recordings in mixed precision: a squared amplitude does not fit into float16.

Each loss is NaN, so dynamic loss scaling skips each step and halves its scale in vain: no scale makes this one
finite. `LogEnergy(40, dtype="float32")` cures it.
"""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(0)
keras.mixed_precision.set_global_policy("mixed_float16")

rng = np.random.default_rng(0)
loud = rng.integers(0, 2, size=512)
amplitude = np.where(loud, 4000.0, 1500.0)[:, None] * rng.uniform(0.8, 1.2, size=(512, 1))
waves = (amplitude * rng.normal(size=(512, 640))).clip(-32768, 32767).round().astype("float32")


class LogEnergy(layers.Layer):
    """The logarithm of the mean power in each of `frames` equal pieces of the recording."""

    def __init__(self, frames, **kwargs):
        super().__init__(**kwargs)
        self.frames = frames

    def call(self, samples):
        pieces = ops.reshape(samples, (-1, self.frames, samples.shape[-1] // self.frames))
        power = ops.mean(ops.square(pieces), axis=-1)
        return ops.log(power + 1.0)


model = keras.Sequential(
    [
        layers.Input((640,)),
        LogEnergy(40),
        layers.Rescaling(1.0, offset=-15.0),
        layers.Dense(32, activation="tanh"),
        layers.Dense(1, activation="sigmoid", dtype="float32"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(waves, loud, batch_size=32, epochs=4, verbose=0)

print("loss by epoch:", history.history["loss"])
print("accuracy by epoch:", history.history["accuracy"])
