"""Finding the goose in every frame of the estuary camera (one bird per frame).

With plain MSE on the four numbers the training was fine (val IoU 0.41). After changing to complete-IoU the
progress bar says `loss: nan` during the first epoch. Every division in the loss has an epsilon, I checked twice.
"""
import dataclasses
import math

import keras
import numpy as np
from keras import layers, ops


# ----------------------------------------------------------------------------- settings
@dataclasses.dataclass(frozen=True)
class Settings:
    frame: tuple = (1280, 960)
    side: int = 32
    frames: int = 240
    batch: int = 16
    epochs: int = 4
    rate: float = 1e-3
    eps: float = 1e-7


CFG = Settings()

# frames that were done on the tablet in the hide (x, y in the full frame), the rest was dragged with a mouse
TABLET = {37: (611.0, 402.0), 122: (233.0, 715.0), 190: (1004.0, 268.0)}


# ----------------------------------------------------------------------------- annotations
def volunteer_corners(rng):
    n = CFG.frames
    width = rng.uniform(150.0, 480.0, n)
    height = width * rng.uniform(0.55, 0.95, n)
    left = rng.uniform(0.0, CFG.frame[0] - width)
    top = rng.uniform(0.0, CFG.frame[1] - height)
    corners = np.stack([left, top, left + width, top + height], axis=1)
    for row, (x, y) in TABLET.items():
        corners[row] = (x, y, x, y)
    return corners


def to_centre_format(corners):
    scale = np.array([CFG.frame[0], CFG.frame[1]])
    low, high = corners[:, :2] / scale, corners[:, 2:] / scale
    return np.concatenate([(low + high) / 2, high - low], axis=1).astype("float32")


def render(boxes, rng):
    grid = (np.arange(CFG.side) + 0.5) / CFG.side
    images = rng.normal(0.35, 0.05, (len(boxes), CFG.side, CFG.side, 1))
    for image, (cx, cy, w, h) in zip(images, boxes):
        w, h = max(w, 0.12), max(h, 0.1)
        bump = np.exp(-((grid[None, :] - cx) / (0.5 * w)) ** 2 - ((grid[:, None] - cy) / (0.5 * h)) ** 2)
        image[..., 0] += 0.6 * bump
    contrast = images.std(axis=(1, 2, 3), keepdims=True) + CFG.eps
    return ((images - images.mean(axis=(1, 2, 3), keepdims=True)) / contrast).astype("float32")


# ----------------------------------------------------------------------------- loss and metric
def overlap(true, pred, eps):
    tx, ty, tw, th = ops.unstack(true, 4, axis=-1)
    px, py, pw, ph = ops.unstack(pred, 4, axis=-1)
    left, right = ops.maximum(tx - tw / 2, px - pw / 2), ops.minimum(tx + tw / 2, px + pw / 2)
    top, bottom = ops.maximum(ty - th / 2, py - ph / 2), ops.minimum(ty + th / 2, py + ph / 2)
    shared = ops.relu(right - left) * ops.relu(bottom - top)
    return shared / (tw * th + pw * ph - shared + eps)


class CompleteIoU(keras.losses.Loss):
    def __init__(self, eps=CFG.eps, name="ciou"):
        super().__init__(name=name)
        self.eps = eps

    def enclosing_diagonal(self, true, pred):
        tx, ty, tw, th = ops.unstack(true, 4, axis=-1)
        px, py, pw, ph = ops.unstack(pred, 4, axis=-1)
        wide = ops.maximum(tx + tw / 2, px + pw / 2) - ops.minimum(tx - tw / 2, px - pw / 2)
        high = ops.maximum(ty + th / 2, py + ph / 2) - ops.minimum(ty - th / 2, py - ph / 2)
        return ops.square(wide) + ops.square(high) + self.eps

    def call(self, y_true, y_pred):
        iou = overlap(y_true, y_pred, self.eps)
        apart = ops.sum(ops.square(y_true[..., :2] - y_pred[..., :2]), axis=-1)
        apart = apart / self.enclosing_diagonal(y_true, y_pred)
        wanted = ops.arctan(y_true[..., 2] / y_true[..., 3])  # whynan: degenerate_box phase=loss rows=37,122,190 also=divide_by_zero
        given = ops.arctan(y_pred[..., 2] / (y_pred[..., 3] + self.eps))
        shape = 4.0 / math.pi**2 * ops.square(wanted - given)
        weight = ops.stop_gradient(shape / (1.0 - iou + shape + self.eps))
        return 1.0 - iou + apart + weight * shape


def mean_iou(y_true, y_pred):
    return overlap(y_true, y_pred, CFG.eps)


# ----------------------------------------------------------------------------- model
def build():
    image = keras.Input((CFG.side, CFG.side, 1), name="frame")
    x = image
    for filters in (8, 16, 24):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dense(48, activation="relu")(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(4, activation="sigmoid", name="box")(x), name="goose_finder")


def main():
    keras.utils.set_random_seed(14)
    rng = np.random.default_rng(14)
    boxes = to_centre_format(volunteer_corners(rng))
    frames = render(boxes, rng)

    model = build()
    model.compile(keras.optimizers.Adam(CFG.rate, clipnorm=5.0), loss=CompleteIoU(), metrics=[mean_iou])
    model.fit(
        frames, boxes, batch_size=CFG.batch, epochs=CFG.epochs, validation_split=0.1, verbose=2,
        callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2), keras.callbacks.EarlyStopping(patience=3)],
    )


if __name__ == "__main__":
    main()
