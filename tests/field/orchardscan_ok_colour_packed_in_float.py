"""Point-wise labelling of a coloured laser scan of an apple orchard (leaf, fruit, wood, ground).

The scanner software exports the usual four float32 fields x, y, z, rgb. When I look at the array with pandas,
describe() counts only half of the rgb column (the other half is NaN) and its minimum is -3.4e38. A colleague told me
that I can't possibly train on this. Is my network really all right?
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)

CLASSES = ["leaf", "fruit", "wood", "ground"]
# mean colour, colour spread, height (m), height spread
LOOK = {
    "leaf": ((74, 118, 52), 22, 2.1, 0.6),
    "fruit": ((186, 48, 44), 26, 1.8, 0.5),
    "wood": ((112, 92, 74), 20, 1.1, 0.6),
    "ground": ((136, 120, 88), 24, 0.1, 0.1),
}


def export_colour(rgb):
    """r, g, b in 0..255 -> the scanner's one field: 0xFFRRGGBB in the four bytes of a float32."""
    r, g, b = (rgb[:, i].astype(np.uint32) for i in range(3))
    word = np.uint32(0xFF000000) | (r << np.uint32(16)) | (g << np.uint32(8)) | b
    return np.ascontiguousarray(word).view(np.float32)


def scan(n):
    label = rng.integers(0, len(CLASSES), n)
    points = np.empty((n, 4), dtype=np.float32)
    rgb = np.empty((n, 3))
    for k, name in enumerate(CLASSES):
        rows = label == k
        colour, spread, height, dz = LOOK[name]
        rgb[rows] = rng.normal(colour, spread, (rows.sum(), 3))
        points[rows, 2] = np.abs(rng.normal(height, dz, rows.sum()))
    points[:, 0] = rng.uniform(0.0, 40.0, n)
    points[:, 1] = rng.uniform(0.0, 25.0, n)
    points[:, 3] = export_colour(np.clip(rgb, 0, 255).astype(np.uint8))
    return points, label.astype("int32")


class ReadPoint(keras.layers.Layer):
    """Takes the exported point apart: height in metres and three colour channels in 0..1."""

    def call(self, points):
        word = tf.bitcast(points[:, 3], tf.int32)
        channels = [tf.bitwise.bitwise_and(tf.bitwise.right_shift(word, shift), 255) for shift in (16, 8, 0)]
        colour = tf.cast(tf.stack(channels, axis=-1), tf.float32) / 255.0
        return tf.concat([points[:, 2:3] - 1.2, (colour - 0.4) * 4.0], axis=-1)


def build():
    points = keras.Input((4,), name="point")
    h = ReadPoint()(points)
    h = keras.layers.Dense(32, activation="relu")(h)
    h = keras.layers.Dense(16, activation="relu")(h)
    model = keras.Model(points, keras.layers.Dense(len(CLASSES), name="label")(h))
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


if __name__ == "__main__":
    points, label = scan(6000)
    print(pd.DataFrame(points, columns=["x", "y", "z", "rgb"]).iloc[:5])
    print("share of NaN in rgb:", float(np.isnan(points[:, 3]).mean()))

    model = build()
    model.fit(points[:5000], label[:5000], validation_data=(points[5000:], label[5000:]),
              epochs=8, batch_size=100, verbose=2)
    # whynan: healthy
