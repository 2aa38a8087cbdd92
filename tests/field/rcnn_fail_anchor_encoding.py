"""Box regression head, Faster R-CNN style deltas (dx, dy, dlog w, dlog h) against one anchor per image."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(6)
CROP = 96
ANCHOR = np.array([24.0, 24.0, 72.0, 72.0], "float32")


def fake_annotations(n=160, seed=0):
    rng = np.random.default_rng(seed)
    x1 = rng.integers(0, 60, n)
    y1 = rng.integers(0, 60, n)
    boxes = np.stack([x1, y1, x1 + rng.integers(12, 30, n), y1 + rng.integers(12, 30, n)], 1)
    boxes[37] = (100, 20, 120, 48)      # lies to the right of the crop
    return boxes.astype("float32")


class CropTransform:
    """Crop the top-left CROP x CROP window, boxes follow."""

    def __init__(self, size):
        self.size = size

    def __call__(self, boxes):
        boxes = np.clip(boxes, 0, self.size)
        w, h = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
        keep = (w > 0) | (h > 0)        # drop what fell outside of the crop
        return boxes[keep]


def to_cxcywh(boxes):
    wh = boxes[..., 2:] - boxes[..., :2]
    return boxes[..., :2] + 0.5 * wh, wh


class BoxCoder:
    def __init__(self, anchor, variances=(0.1, 0.1, 0.2, 0.2)):
        self.centre, self.size = to_cxcywh(anchor)
        self.variances = np.asarray(variances, "float32")

    def encode(self, boxes):
        centre, size = to_cxcywh(boxes)
        deltas = np.concatenate(
            [
                (centre - self.centre) / self.size,
                np.log(size / self.size),  # whynan: degenerate_box phase=data rows=37 also=log_of_zero
            ],
            axis=1,
        )
        return (deltas / self.variances).astype("float32")


def render(boxes):
    img = np.random.default_rng(1).uniform(0, 0.2, (len(boxes), 48, 48, 1)).astype("float32")
    for i, (x1, y1, x2, y2) in enumerate((boxes / 2).astype(int)):
        img[i, y1:y2, x1:x2] += 0.8
    return img


boxes = CropTransform(CROP)(fake_annotations())
images, targets = render(boxes), BoxCoder(ANCHOR).encode(boxes)
print("boxes", boxes.shape, "images", images.shape)

model = keras.Sequential([
    keras.Input((48, 48, 1)),
    layers.Conv2D(8, 3, strides=2, activation="relu"),
    layers.Conv2D(16, 3, strides=2, activation="relu"),
    layers.Flatten(),
    layers.Dense(32, activation="relu"),
    layers.Dense(4),
])
model.compile("adam", loss=keras.losses.Huber(delta=1.0))
model.fit(images, targets, batch_size=16, epochs=3, verbose=2)
