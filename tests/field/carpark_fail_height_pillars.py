"""Is there an obstacle on the ramp? Low-cost lidar over a car park entrance, points binned into 6 x 6 pillars.

Works on most recordings. With the ones from last week added, accuracy drops to the share of empty ramps and the loss is
nan. The point coordinates are all finite and inside the 12 m x 12 m area, I asserted that.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(71)

AREA = 12.0
CELLS = 6
PER_CELL = 6
FRAMES = 160
DELIVERY_VAN = {41: (14, 15, 20), 87: (7, 8), 130: (27, 28, 33, 34)}


def record_frames(seed=4):
    rng = np.random.default_rng(seed)
    all_cells = np.arange(CELLS * CELLS)
    points = np.zeros((FRAMES, len(all_cells) * PER_CELL, 3), "float32")
    blocked = np.zeros(FRAMES, "float32")
    for frame in range(FRAMES):
        cells = np.repeat(all_cells, PER_CELL)
        shadow = DELIVERY_VAN.get(frame, ())
        seen = np.setdiff1d(all_cells, shadow)
        hidden = np.isin(cells, shadow)
        cells[hidden] = rng.choice(seen, size=hidden.sum())
        side = AREA / CELLS
        points[frame, :, 0] = (cells // CELLS + rng.uniform(0.02, 0.98, len(cells))) * side
        points[frame, :, 1] = (cells % CELLS + rng.uniform(0.02, 0.98, len(cells))) * side
        points[frame, :, 2] = rng.normal(0.0, 0.03, len(cells))
        if rng.random() < 0.5:
            blocked[frame] = 1.0
            hit = np.flatnonzero(cells == rng.choice(seen))
            points[frame, hit, 2] += rng.uniform(0.2, 1.6, len(hit))
    assert np.isfinite(points).all() and points[..., :2].min() >= 0 and points[..., :2].max() <= AREA
    return points, blocked


class PillarHeights(layers.Layer):
    """Height range of the points of each ground cell, as a one-channel image."""

    def __init__(self, cells, area, **kwargs):
        super().__init__(**kwargs)
        self.cells = cells
        self.area = area

    def call(self, points):
        frames = tf.shape(points)[0]
        cell = tf.cast(tf.floor(points[..., :2] * (self.cells / self.area)), tf.int32)
        cell = tf.clip_by_value(cell, 0, self.cells - 1)
        inside = cell[..., 0] * self.cells + cell[..., 1]
        pillar = tf.range(frames)[:, None] * self.cells**2 + inside
        pillar = tf.reshape(pillar, [-1])
        height = tf.reshape(points[..., 2], [-1])
        total = frames * self.cells**2
        extent = tf.math.unsorted_segment_max(height, pillar, total) - tf.math.unsorted_segment_min(height, pillar, total)  # whynan: empty_reduction phase=forward rows=41,87,130
        return tf.reshape(extent, (frames, self.cells, self.cells, 1))


def build():
    cloud = keras.Input((CELLS * CELLS * PER_CELL, 3), name="cloud")
    x = PillarHeights(CELLS, AREA, name="pillars")(cloud)
    x = layers.Conv2D(12, 3, padding="same", activation="silu")(x)
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="silu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(16, activation="silu")(x)
    logit = layers.Dense(1, name="obstacle")(x)
    return keras.Model(cloud, logit)


if __name__ == "__main__":
    points, blocked = record_frames()
    model = build()
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    history = model.fit(points, blocked[:, None], batch_size=16, epochs=5, verbose=0)
    for epoch, (loss, accuracy) in enumerate(zip(history.history["loss"], history.history["accuracy"])):
        print(f"epoch {epoch + 1}: loss {loss:.4f}  accuracy {accuracy:.3f}")
