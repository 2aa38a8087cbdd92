"""Tiny one-shot detector for shore crabs in baited-camera frames (grid of 8x8 cells, one crab per cell)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(20)

FRAME_W, FRAME_H = 640, 480      # what the camera writes
NET = 64                         # what the network sees
CELL = 8
GRID = NET // CELL
ANCHOR = tf.constant([14.0, 12.0])


def annotate(n, rng):
    """Boxes (x1, y1, x2, y2) in camera pixels, as they come out of the labelling tool."""
    frames = []
    for i in range(n):
        boxes = []
        for _ in range(rng.integers(1, 3)):
            w, h = rng.integers(60, 220), rng.integers(48, 160)
            x1, y1 = rng.integers(0, FRAME_W - w), rng.integers(0, FRAME_H - h)
            boxes.append((x1, y1, x1 + w, y1 + h))
        if i % 97 == 40:
            y1 = rng.integers(40, 300)
            boxes.append((0, y1, 5, y1 + 90))
        frames.append(boxes)
    return frames


def shrink(boxes):
    sx, sy = NET / FRAME_W, NET / FRAME_H
    return [(int(x1 * sx), int(y1 * sy), int(x2 * sx), int(y2 * sy)) for x1, y1, x2, y2 in boxes]


def render(boxes, rng):
    img = rng.normal(0.35, 0.05, (NET, NET, 1))
    for x1, y1, x2, y2 in boxes:
        img[y1:y2, x1:x2] += rng.uniform(0.3, 0.5)
    return np.clip(img, 0, 1)


def encode(boxes):
    grid = np.zeros((GRID, GRID, 5), "float32")
    for x1, y1, x2, y2 in boxes:
        cx, cy = (x1 + x2) / 2 / CELL, (y1 + y2) / 2 / CELL
        gx, gy = min(int(cx), GRID - 1), min(int(cy), GRID - 1)
        grid[gy, gx] = (cx - gx, cy - gy, x2 - x1, y2 - y1, 1.0)
    return grid


def crab_loss(y_true, y_pred):
    has_crab = y_true[..., 4]
    xy = tf.sigmoid(y_pred[..., 0:2])
    loss_xy = tf.reduce_sum(tf.square(xy - y_true[..., 0:2]), axis=-1)

    size = tf.math.log(y_true[..., 2:4] / ANCHOR)  # whynan: degenerate_box phase=loss also=log_of_zero rows=40,137,234,331
    size = tf.where(has_crab[..., None] > 0, size, tf.zeros_like(size))
    loss_wh = tf.reduce_sum(tf.square(y_pred[..., 2:4] - size), axis=-1)

    conf = tf.nn.sigmoid_cross_entropy_with_logits(labels=has_crab, logits=y_pred[..., 4])
    per_cell = 5.0 * has_crab * (loss_xy + loss_wh) + tf.where(has_crab > 0, conf, 0.5 * conf)
    return tf.reduce_sum(per_cell, axis=[1, 2])


def detector():
    inp = keras.Input((NET, NET, 1))
    x = inp
    for width in (8, 16, 24):
        x = layers.Conv2D(width, 3, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.1)(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(32, 3, padding="same")(x)
    x = layers.LeakyReLU(negative_slope=0.1)(x)
    return keras.Model(inp, layers.Conv2D(5, 1)(x), name="crab_grid")


rng = np.random.default_rng(5)
small = [shrink(b) for b in annotate(400, rng)]
images = np.stack([render(b, rng) for b in small]).astype("float32")
targets = np.stack([encode(b) for b in small])

model = detector()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=crab_loss)
hist = model.fit(images[:360], targets[:360], batch_size=24, epochs=4,
                 validation_data=(images[360:], targets[360:]), verbose=2)
print("best val loss", min(hist.history["val_loss"]))
