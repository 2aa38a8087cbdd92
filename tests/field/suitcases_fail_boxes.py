"""Find the one suspicious object in a suitcase x-ray. Tiny single-object detector."""
import logging
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import keras
from keras import layers

SCAN = 320          # pixels of the original scan
STRIDE = 8          # network works on the scan reduced by this
GRID = SCAN // STRIDE
ANCHOR = 12.0       # typical object in reduced pixels
LONG_ITEMS = [137, 402, 755]

logging.basicConfig(level=logging.INFO, format="[%(levelname).1s] %(message)s")
log = logging.getLogger("xray")


def annotate(n, rng):
    """Boxes x1, y1, x2, y2 in pixels of the original scan."""
    w = rng.integers(48, 150, n)
    h = rng.integers(48, 150, n)
    x1 = rng.integers(0, SCAN - w)
    y1 = rng.integers(0, SCAN - h)
    boxes = np.stack([x1, y1, x1 + w, y1 + h], axis=1)
    for i in LONG_ITEMS:
        left = STRIDE * int(rng.integers(4, GRID - 4)) + 1
        boxes[i] = [left, 60, left + 5, 260]
    return boxes


def render(boxes, rng):
    imgs = rng.normal(0.25, 0.08, (len(boxes), GRID, GRID)).astype(np.float32)
    for img, (x1, y1, x2, y2) in zip(imgs, boxes):
        xs, ys = x1 // STRIDE, y1 // STRIDE
        xe, ye = -(-x2 // STRIDE), -(-y2 // STRIDE)
        img[ys:ye, xs:xe] += 0.5
    return np.clip(imgs, 0, 1)[..., None]


def encode(boxes):
    """Offsets and log sizes relative to a centred anchor, as in Faster R-CNN."""
    b = boxes // STRIDE
    cx = (b[:, 0] + b[:, 2]) / 2
    cy = (b[:, 1] + b[:, 3]) / 2
    tx = (cx - GRID / 2) / ANCHOR
    ty = (cy - GRID / 2) / ANCHOR
    tw = np.log((b[:, 2] - b[:, 0]) / ANCHOR)  # whynan: degenerate_box phase=data also=log_of_zero rows=137,402,755
    th = np.log((b[:, 3] - b[:, 1]) / ANCHOR)
    return np.stack([tx, ty, tw, th], axis=1).astype(np.float32)


def decode(t):
    cx, cy = t[:, 0] * ANCHOR + GRID / 2, t[:, 1] * ANCHOR + GRID / 2
    w, h = np.exp(t[:, 2]) * ANCHOR, np.exp(t[:, 3]) * ANCHOR
    return np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], 1) * STRIDE


def detector():
    return keras.Sequential(
        [
            keras.Input((GRID, GRID, 1)),
            layers.Conv2D(12, 5, strides=2, padding="same", activation="elu"),
            layers.Conv2D(16, 3, strides=2, padding="same", activation="elu"),
            layers.Flatten(),
            layers.Dense(48, activation="elu"),
            layers.Dense(4, name="deltas"),
        ]
    )


def iou(a, b):
    lo, hi = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    inter = np.prod(np.clip(hi - lo, 0, None), axis=1)
    area = lambda r: np.prod(r[:, 2:] - r[:, :2], axis=1)
    return inter / (area(a) + area(b) - inter + 1e-9)


def main():
    keras.utils.set_random_seed(5)
    rng = np.random.default_rng(5)
    boxes = annotate(1100, rng)
    scans = render(boxes, rng)
    with TemporaryDirectory() as tmp:
        np.savez(Path(tmp) / "belt3.npz", scans=scans, boxes=boxes.astype(np.int32))
        with np.load(Path(tmp) / "belt3.npz") as z:
            scans, boxes = z["scans"], z["boxes"]
    targets = encode(boxes)
    n_train = 900
    model = detector()
    model.compile(keras.optimizers.Adam(1e-3), loss=keras.losses.Huber(1.0))
    model.fit(scans[:n_train], targets[:n_train], batch_size=30, epochs=4, verbose=2)
    found = decode(model.predict(scans[n_train:], verbose=0))
    log.info("mean IoU on unseen suitcases: %.3f", iou(found, boxes[n_train:]).mean())


if __name__ == "__main__":
    main()
