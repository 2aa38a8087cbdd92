"""Neural attenuation field for a 2-D CT slice (parallel beam), NeRF style.

Rays are cut to the unit box with the slab method; rays that miss the box are dropped. Rays parallel to an
axis give infinite slab distances, which is fine for the method. The loss is nan in the first epoch.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(12)

BOX = np.array([[-1.0, -1.0], [1.0, 1.0]])
DISCS = [(0.0, 0.0, 0.70, 0.6), (0.25, 0.20, 0.25, 0.9), (-0.30, -0.10, 0.20, 0.5), (0.05, -0.45, 0.15, 1.2)]
SAMPLES, BANDS = 24, 4


def scanner(angles_deg, offsets):
    """Start point and direction of each beam, all offsets of an angle one after the other."""
    theta = np.repeat(np.deg2rad(angles_deg), len(offsets))
    s = np.tile(offsets, len(angles_deg))
    direction = np.stack([-np.sin(theta), np.cos(theta)], axis=1)
    origin = s[:, None] * np.stack([np.cos(theta), np.sin(theta)], axis=1) - 2.0 * direction
    return origin, direction, theta, s


def projections(theta, s):
    total = np.zeros_like(s)
    for cx, cy, radius, density in DISCS:
        away = s - (cx * np.cos(theta) + cy * np.sin(theta))
        total += 2.0 * density * np.sqrt(np.maximum(radius ** 2 - away ** 2, 0.0))
    return total


def cut_to_box(origin, direction):
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = 1.0 / direction  # whynan: divide_by_zero phase=data rows=0,16 also=nan_in_input,inf_in_input
        slabs = (BOX[:, None, :] - origin[None]) * inverse[None]
    near = slabs.min(axis=0).max(axis=1)
    far = slabs.max(axis=0).min(axis=1)
    return near, far


class SampleAlongRay(layers.Layer):
    def __init__(self, samples, bands, **kwargs):
        super().__init__(**kwargs)
        self.samples, self.bands = samples, bands

    def call(self, rays):
        origin, direction = rays[:, None, 0:2], rays[:, None, 2:4]
        near, far = rays[:, 4:5], rays[:, 5:6]
        middle = (tf.range(self.samples, dtype=tf.float32) + 0.5) / float(self.samples)
        depth = near + (far - near) * middle
        points = origin + direction * depth[..., None]
        waves = [points]
        for k in range(self.bands):
            waves += [tf.sin(2.0 ** k * points), tf.cos(2.0 ** k * points)]
        return tf.concat(waves, axis=-1)


class LineIntegral(layers.Layer):
    def call(self, inputs):
        density, rays = inputs
        return tf.reduce_mean(density[..., 0], axis=1, keepdims=True) * (rays[:, 5:6] - rays[:, 4:5])


def build_field():
    rays = keras.Input((6,), name="rays")
    h = SampleAlongRay(SAMPLES, BANDS)(rays)
    for _ in range(2):
        h = layers.Dense(48, activation="swish")(h)
    density = layers.Dense(1, activation="softplus")(h)
    return keras.Model(rays, LineIntegral()([density, rays]))


def main():
    angles = np.arange(0.0, 180.0, 7.5)
    offsets = np.linspace(-1.25, 1.25, 21)
    origin, direction, theta, s = scanner(angles, offsets)
    near, far = cut_to_box(origin, direction)
    missed = far <= near
    rays = np.column_stack([origin, direction, near, far])[~missed].astype("float32")
    measured = projections(theta, s)[~missed].astype("float32")[:, None]
    print(f"{len(rays)} of {len(s)} rays meet the box, projections up to {measured.max():.2f}")

    model = build_field()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
    model.fit(rays, measured, batch_size=32, epochs=5, verbose=2)


if __name__ == "__main__":
    main()
