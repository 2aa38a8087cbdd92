"""UnitBox style -ln(IoU) regression of one ship per radar tile, python generator, tf.keras."""
import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(31)
SIDE = 16


def tiles(batch, seed):
    rng = np.random.default_rng(seed)
    grid = (np.arange(SIDE) + 0.5) / SIDE
    while True:
        centre = rng.uniform(0.1, 0.9, (batch, 2))
        size = rng.uniform(0.08, 0.16, (batch, 2))
        inside = (np.abs(grid[None, :, None] - centre[:, None, 1:2]) < size[:, None, 1:2] / 2) & \
                 (np.abs(grid[None, None, :] - centre[:, 0, None, None]) < size[:, 0, None, None] / 2)
        image = inside.astype("float32") + 0.1 * rng.random((batch, SIDE, SIDE))
        box = np.concatenate([centre, size], axis=1)
        yield image[..., None].astype("float32"), box.astype("float32")


def corners(box):
    half = box[:, 2:] / 2.0
    return box[:, :2] - half, box[:, :2] + half


def iou(a, b):
    a0, a1 = corners(a)
    b0, b1 = corners(b)
    overlap = tf.nn.relu(tf.minimum(a1, b1) - tf.maximum(a0, b0))
    inter = overlap[:, 0] * overlap[:, 1]
    union = a[:, 2] * a[:, 3] + b[:, 2] * b[:, 3] - inter
    return inter / union


def unitbox_loss(y_true, y_pred):
    overlap = iou(y_true, y_pred)
    return -tf.math.log(overlap)  # whynan: log_of_zero phase=loss


class BoxHead(tf.keras.layers.Layer):
    """centre anywhere in the tile, width and height at most 30 % of it"""

    def __init__(self):
        super().__init__()
        self.proj = tf.keras.layers.Dense(4)

    def call(self, x):
        raw = tf.sigmoid(self.proj(x))
        return tf.concat([raw[:, :2], 0.3 * raw[:, 2:]], axis=-1)


model = tf.keras.Sequential([
    tf.keras.Input((SIDE, SIDE, 1)),
    tf.keras.layers.Conv2D(8, 3, activation="gelu", padding="same"),
    tf.keras.layers.AveragePooling2D(2),
    tf.keras.layers.Flatten(),
    BoxHead(),
])
model.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss=unitbox_loss)
model.fit(tiles(16, 31), steps_per_epoch=10, epochs=3, verbose=2)
