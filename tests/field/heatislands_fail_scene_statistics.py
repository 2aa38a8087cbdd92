"""Night air temperature of city blocks from two thermal channels of a satellite, mixed precision.

Each scene is normalised with its own mean and variance inside the network (the scenes are from different
seasons). In float32 the model converged; with the policy switched the loss is nan in every batch.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(101)


class SceneNormalization(layers.Layer):
    """Instance normalisation over the two spatial axes, one pass over the pixels."""

    def __init__(self, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, input_shape):
        self.gain = self.add_weight(name="gain", shape=(input_shape[-1],), initializer="ones")
        self.offset = self.add_weight(name="offset", shape=(input_shape[-1],), initializer="zeros")

    def call(self, scenes):
        first = ops.mean(scenes, axis=(1, 2), keepdims=True)
        second = ops.mean(ops.square(scenes), axis=(1, 2), keepdims=True)  # whynan: float16_overflow phase=forward also=unscaled_input
        variance = second - ops.square(first)
        return self.gain * (scenes - first) * ops.rsqrt(variance + self.epsilon) + self.offset


def thermal_scenes(n=128, size=24):
    rng = np.random.default_rng(71)
    season = rng.normal(291.0, 7.0, n)
    yy, xx = np.mgrid[:size, :size] / size
    scenes = np.empty((n, size, size, 2))
    built = rng.uniform(0.1, 0.9, n)
    for i in range(n):
        cx, cy = rng.uniform(0.3, 0.7, 2)
        core = np.exp(-((xx - cx) ** 2 + (yy - cy) ** 2) / 0.06)
        surface = season[i] + 6.0 * built[i] * core + rng.normal(0, 0.4, (size, size))
        scenes[i, ..., 0] = surface
        scenes[i, ..., 1] = surface - 1.2 + rng.normal(0, 0.3, (size, size))
    excess = 3.5 * built + rng.normal(0, 0.2, n)
    return scenes.astype("float32"), excess.astype("float32")


def build(shape):
    inputs = keras.Input(shape, name="brightness_temperature")
    h = SceneNormalization()(inputs)
    for filters in (8, 16):
        h = layers.Conv2D(filters, 3, strides=2, padding="same", activation="swish")(h)
    h = layers.GlobalAveragePooling2D()(h)
    return keras.Model(inputs, layers.Dense(1, dtype="float32", name="excess")(h))


def main():
    keras.mixed_precision.set_global_policy("mixed_float16")
    scenes, excess = thermal_scenes()
    model = build(scenes.shape[1:])
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="huber", jit_compile=False)
    model.fit(scenes, excess, batch_size=16, epochs=3, verbose=2)


if __name__ == "__main__":
    main()
