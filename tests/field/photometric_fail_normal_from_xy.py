"""Photometric stereo: surface normals of a turned part from eight photographs with different lamps.

The network gives nx and ny, nz follows because the normal has unit length and always points to the camera. Flat parts
train for as long as I want; with the part that has steep flanks the loss is nan in the first epoch.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(19)


def lamp_directions(count=8, elevation=50.0):
    azimuth = np.linspace(0.0, 2 * np.pi, count, endpoint=False)
    tilt = np.deg2rad(elevation)
    return np.stack(
        [np.cos(azimuth) * np.cos(tilt), np.sin(azimuth) * np.cos(tilt), np.full(count, np.sin(tilt))], axis=1
    )


class PixelBatches(keras.utils.PyDataset):
    """Renders random Lambertian pixels, every batch from its own seed."""

    def __init__(self, batches, size, steepest, **kwargs):
        super().__init__(**kwargs)
        self.batches, self.size, self.steepest = batches, size, steepest
        self.lamps = lamp_directions()

    def __len__(self):
        return self.batches

    def __getitem__(self, index):
        rng = np.random.default_rng(1000 + index)
        slope = np.deg2rad(rng.uniform(0.0, self.steepest, self.size))
        around = rng.uniform(0.0, 2 * np.pi, self.size)
        normal = np.stack([np.sin(slope) * np.cos(around), np.sin(slope) * np.sin(around), np.cos(slope)], axis=1)
        albedo = rng.uniform(0.4, 0.95, (self.size, 1))
        shading = albedo * np.maximum(normal @ self.lamps.T, 0.0) + rng.normal(0.0, 0.01, (self.size, 8))
        grey = np.clip(np.round(255 * shading), 0, 255)
        return (grey / 127.5 - 1.0).astype("float32"), normal.astype("float32")


class UnitNormal(layers.Layer):
    """Completes (nx, ny) to a unit vector with positive nz."""

    def __init__(self, eps=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.eps = eps

    def call(self, xy):
        planar = ops.sum(ops.square(xy), axis=-1, keepdims=True)
        nz = ops.sqrt(1.0 - planar + self.eps)  # whynan: sqrt_of_negative phase=forward
        return ops.concatenate([xy, nz], axis=-1)


def angular_error(y_true, y_pred):
    cosine = ops.sum(y_true * y_pred, axis=-1)
    return ops.arccos(ops.clip(cosine, -1.0, 1.0)) * (180.0 / np.pi)


def normal_network():
    grey = keras.Input((8,), name="grey_values")
    h = layers.Dense(64, activation="tanh")(grey)
    h = layers.Dense(64, activation="tanh")(h)
    xy = layers.Dense(2, activation="tanh", name="xy")(h)
    return keras.Model(grey, UnitNormal(name="normal")(xy), name="photometric_stereo")


network = normal_network()
network.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mean_squared_error", metrics=[angular_error])
network.fit(PixelBatches(batches=40, size=256, steepest=86.0), epochs=4, verbose=2)
