"""Find the owl in the nest-box camera: one box per frame, CIoU regression head."""
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(11)
SIZE = 32
N = 480


def render_frames(n, rng):
    centre = rng.uniform(9, SIZE - 9, size=(n, 2))
    extent = rng.uniform(6, 14, size=(n, 2))
    yy, xx = np.mgrid[0:SIZE, 0:SIZE]
    frames = rng.normal(0.15, 0.05, size=(n, SIZE, SIZE, 1))
    for k in range(n):
        dx = (xx - centre[k, 0]) / (extent[k, 0] / 2)
        dy = (yy - centre[k, 1]) / (extent[k, 1] / 2)
        frames[k, ..., 0] += 0.7 * ((dx**2 + dy**2) < 1.0)
    return frames.astype("float32"), centre, extent


def annotate(centre, extent, rng):
    """Imitates the labelling tool: mouse down in one corner, mouse up in the other."""
    drag = extent + rng.normal(0, 0.3, size=extent.shape)
    drag[[137, 402]] = 0.0
    x1y1 = centre - drag / 2
    x2y2 = x1y1 + drag
    return (np.concatenate([x1y1, x2y2], axis=1) / SIZE).astype("float32")


def to_corners(box):
    cx, cy, w, h = tf.unstack(box, axis=-1)
    return cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2


def ciou_loss(y_true, y_pred, eps=1e-7):
    gx1, gy1, gx2, gy2 = tf.unstack(y_true, axis=-1)
    px1, py1, px2, py2 = to_corners(y_pred)
    gw, gh = gx2 - gx1, gy2 - gy1
    pw, ph = px2 - px1, py2 - py1

    iw = tf.maximum(tf.minimum(gx2, px2) - tf.maximum(gx1, px1), 0.0)
    ih = tf.maximum(tf.minimum(gy2, py2) - tf.maximum(gy1, py1), 0.0)
    inter = iw * ih
    union = gw * gh + pw * ph - inter + eps
    iou = inter / union

    cw = tf.maximum(gx2, px2) - tf.minimum(gx1, px1)
    ch = tf.maximum(gy2, py2) - tf.minimum(gy1, py1)
    diag = cw**2 + ch**2 + eps
    dist = ((gx1 + gx2 - px1 - px2) ** 2 + (gy1 + gy2 - py1 - py2) ** 2) / 4.0

    angle = tf.atan(gw / gh) - tf.atan(pw / ph)  # whynan: degenerate_box phase=loss also=divide_by_zero rows=137,402
    v = (4.0 / math.pi**2) * tf.square(angle)
    alpha = tf.stop_gradient(v / (1.0 - iou + v + eps))
    return 1.0 - iou + dist / diag + alpha * v


def build():
    inp = keras.Input((SIZE, SIZE, 1))
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(inp)
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(48, activation="relu")(x)
    out = layers.Dense(4, activation="sigmoid")(x)
    return keras.Model(inp, out)


if __name__ == "__main__":
    rng = np.random.default_rng(4)
    frames, centre, extent = render_frames(N, rng)
    boxes = annotate(centre, extent, rng)
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=ciou_loss)
    history = model.fit(frames, boxes, batch_size=32, epochs=6, verbose=2)
    print("last CIoU loss", history.history["loss"][-1])
