"""Audio frames: log energy as the only feature, mixed precision because the GPU is small."""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(103)
keras.config.set_dtype_policy("mixed_float16")


class LogEnergy(layers.Layer):
    def call(self, frames):
        energy = ops.sum(ops.square(frames), axis=-1)  # whynan: float16_overflow phase=forward also=unscaled_input
        return ops.log(energy + 1.0) - 10.0


rng = np.random.default_rng(103)
loud = rng.integers(0, 2, size=(120, 1, 1))
frames = rng.normal(0, 30 + 120 * loud, size=(120, 10, 64)).astype("float32")     # 8-bit-ish PCM

model = keras.Sequential([
    keras.Input((10, 64)),
    LogEnergy(),
    layers.Dense(8, activation="tanh"),
    layers.Dense(1, activation="sigmoid", dtype="float32"),
])
model.compile(optimizer="adam", loss="binary_crossentropy")
model.fit(frames, loud[:, 0, 0], epochs=3, verbose=2)
