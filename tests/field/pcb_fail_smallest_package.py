"""Which package sits where?  Component types on photographs of circuit boards.

The boxes come from the placement file, so only the type has to be learned: a small
convolutional net, the mean of the feature map inside every box, a classifier on top.
The mean is taken with a summed-area table because cropping was too slow.  The old
boards train without trouble.  Since the new board revision is in the set the loss is nan
in the first epoch.  I checked that every box has positive width and height.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(17)

SIZE, STRIDE, PER_BOARD = 96, 8, 6
PACKAGES = {  # width, height in pixels, brightness of the body
    "R1206": (20, 12, 0.9),
    "R0603": (11, 10, 0.8),
    "SOT23": (18, 16, 0.35),
    "SOIC8": (33, 25, 0.2),
}
NAMES = list(PACKAGES) + ["R0201"]
NEW_REVISION = (38, 97, 141)


def draw(board, box, brightness):
    x1, y1, x2, y2 = box.astype(int)
    board[y1:y2, x1:x2] = brightness
    board[y1:y2, x1:x1 + 2] = 1.0  # solder on the left pad


def make_boards(n=160, seed=30):
    rng = np.random.default_rng(seed)
    boards = rng.normal(0.5, 0.04, (n, SIZE, SIZE))
    boxes = np.zeros((n, PER_BOARD, 4))
    kinds = np.zeros((n, PER_BOARD), "int32")
    for i in range(n):
        for k in range(PER_BOARD):
            kind = rng.integers(len(PACKAGES))
            width, height, brightness = PACKAGES[NAMES[kind]]
            x = rng.integers(0, SIZE - width)
            y = rng.integers(0, SIZE - height)
            boxes[i, k] = (x, y, x + width, y + height)
            kinds[i, k] = kind
            draw(boards[i], boxes[i, k], brightness)
    for i in NEW_REVISION:  # decoupling next to the processor, always at the same place
        boxes[i, 0] = (42, 51, 47, 55)
        kinds[i, 0] = NAMES.index("R0201")
        draw(boards[i], boxes[i, 0], 0.85)
    return boards[..., None].astype("float32"), boxes.astype("float32"), kinds


class BoxMean(layers.Layer):
    """Mean of the features inside boxes (x1, y1, x2, y2), given in pixels."""

    def __init__(self, stride, **kwargs):
        super().__init__(**kwargs)
        self.stride = stride

    def call(self, features, boxes):
        table = tf.cumsum(tf.cumsum(features, axis=1), axis=2)
        table = tf.pad(table, [[0, 0], [1, 0], [1, 0], [0, 0]])
        rows, columns, depth = table.shape[1:]
        table = tf.reshape(table, (-1, rows * columns, depth))
        cells = tf.cast(tf.floor(boxes / self.stride), tf.int32)
        x1, y1, x2, y2 = tf.unstack(cells, axis=-1)

        def corner(y, x):
            return tf.gather(table, y * columns + x, batch_dims=1)

        total = corner(y2, x2) - corner(y1, x2) - corner(y2, x1) + corner(y1, x1)
        area = tf.cast((x2 - x1) * (y2 - y1), tf.float32)
        return total / area[..., None]  # whynan: degenerate_box phase=forward rows=38,97,141 also=divide_by_zero,empty_reduction


def build():
    photo = keras.Input((SIZE, SIZE, 1), name="photo")
    boxes = keras.Input((PER_BOARD, 4), name="boxes")
    x = photo
    for filters in (8, 12, 16):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", activation="gelu")(x)
    x = BoxMean(STRIDE)(x, boxes)
    x = layers.Dense(24, activation="gelu")(x)
    return keras.Model([photo, boxes], layers.Dense(len(NAMES))(x))


photos, boxes, kinds = make_boards()
assert (boxes[..., 2] > boxes[..., 0]).all() and (boxes[..., 3] > boxes[..., 1]).all()

model = build()
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit([photos, boxes], kinds, batch_size=16, epochs=4, verbose=2)
