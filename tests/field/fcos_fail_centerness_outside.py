# FCOS-like detector for bright droplets (one droplet per frame). I ported the target assignment from my PyTorch code,
# there I index the positive locations first (`ltrb[pos]`), here everything is dense because of the fixed shapes.
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(29)

IMAGE, STRIDE = 32, 4
GRID = IMAGE // STRIDE


class TargetAssigner:
    def __init__(self):
        centres = (np.arange(GRID) + 0.5) * STRIDE
        self.cx, self.cy = [c.astype("float32")[None] for c in np.meshgrid(centres, centres)]

    def __call__(self, boxes):
        """boxes (B, 4) as x1, y1, x2, y2 -> ltrb (B, G, G, 4), positive (B, G, G), centerness (B, G, G)"""
        x1, y1, x2, y2 = [boxes[:, k][:, None, None] for k in range(4)]
        ltrb = ops.stack([self.cx - x1, self.cy - y1, x2 - self.cx, y2 - self.cy], axis=-1)
        positive = ops.cast(ops.min(ltrb, axis=-1) > 0, "float32")
        return ltrb, positive, self.centerness(ltrb)

    @staticmethod
    def centerness(ltrb):
        horizontal = ltrb[..., 0::2]
        vertical = ltrb[..., 1::2]
        ratio = ops.min(horizontal, -1) / ops.max(horizontal, -1) * (ops.min(vertical, -1) / ops.max(vertical, -1))
        return ops.sqrt(ratio)  # whynan: sqrt_of_negative phase=loss also=where_gradient_trap


def iou_loss(pred, true, eps=1e-6):
    overlap = ops.minimum(pred, true)
    inter = (overlap[..., 0] + overlap[..., 2]) * (overlap[..., 1] + overlap[..., 3])
    area = lambda t: (t[..., 0] + t[..., 2]) * (t[..., 1] + t[..., 3])
    return 1.0 - inter / (area(pred) + area(true) - inter + eps)


class FCOS(keras.Model):
    def __init__(self, width=24):
        super().__init__()
        self.assigner = TargetAssigner()
        self.backbone = keras.Sequential(
            [
                layers.Rescaling(1 / 255.0),
                layers.Conv2D(width, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2D(width, 3, strides=2, padding="same", activation="relu"),
                layers.Conv2D(width, 3, padding="same", activation="relu"),
            ]
        )
        self.score = layers.Conv2D(1, 1)
        self.center = layers.Conv2D(1, 1)
        self.box = layers.Conv2D(4, 1, activation="softplus")

    def call(self, images):
        h = self.backbone(images)
        return {"score": self.score(h)[..., 0], "center": self.center(h)[..., 0], "ltrb": self.box(h) * STRIDE}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        ltrb, positive, centerness = self.assigner(y)
        count = ops.maximum(ops.sum(positive), 1.0)
        bce = ops.binary_crossentropy(positive, y_pred["score"], from_logits=True)
        center = self.masked(ops.binary_crossentropy(centerness, y_pred["center"], from_logits=True), positive)
        # negative distances make no sense for the boxes outside
        box = self.masked(iou_loss(y_pred["ltrb"], ops.relu(ltrb)), positive)
        return ops.mean(bce) + (ops.sum(center) + ops.sum(box)) / count

    @staticmethod
    def masked(values, positive):
        return values * positive


def droplets(n=256):
    rng = np.random.default_rng(29)
    centre, size = rng.uniform(9, 23, (n, 2)), rng.uniform(8, 16, (n, 2))
    boxes = np.concatenate([centre - size / 2, centre + size / 2], axis=1)
    yy, xx = np.mgrid[0:IMAGE, 0:IMAGE]
    images = rng.normal(20, 4, (n, IMAGE, IMAGE, 1))
    for image, (x1, y1, x2, y2) in zip(images, boxes):
        image[(xx >= x1) & (xx < x2) & (yy >= y1) & (yy < y2)] += 160
    return images.clip(0, 255).astype("float32"), boxes.astype("float32")


images, boxes = droplets()
model = FCOS()
model.compile(optimizer=keras.optimizers.Adam(1e-3))
model.fit(images, boxes, batch_size=16, epochs=4, verbose=2)
