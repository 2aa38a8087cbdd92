"""Crater segmentation on small orbital tiles, focal Tversky loss (Abraham & Khan 2019)."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(77)

SIZE = 48


def render_tile(rng):
    """One grey tile (uint8) with its annotation as the labelling tool exports it."""
    yy, xx = np.mgrid[:SIZE, :SIZE]
    terrain = 125 + 10 * np.sin(xx / rng.uniform(5, 12)) + 8 * np.cos(yy / rng.uniform(5, 12))
    terrain = terrain + rng.normal(0, 6, (SIZE, SIZE))
    mask = np.zeros((SIZE, SIZE), np.uint8)
    for _ in range(rng.integers(1, 4)):
        cy, cx = rng.uniform(9, SIZE - 9, 2)
        radius = rng.uniform(5, 9)
        dist = np.hypot(yy - cy, xx - cx)
        floor = dist < radius
        rim = (dist >= radius) & (dist < radius + 1.8)
        terrain[floor] -= 55
        terrain[rim] += 50
        mask[floor] = 255
    return np.clip(terrain, 0, 255).astype(np.uint8), mask


def load_split(count, seed):
    rng = np.random.default_rng(seed)
    tiles, masks = zip(*[render_tile(rng) for _ in range(count)])
    images = np.stack(tiles)[..., None].astype("float32") / 255.0
    return images, np.stack(masks)[..., None].astype("float32")


class FocalTversky(keras.losses.Loss):
    """alpha weights missed pixels, beta false alarms; gamma < 1 focuses on hard tiles."""

    def __init__(self, alpha=0.7, beta=0.3, gamma=0.75, smooth=1.0, name="focal_tversky"):
        super().__init__(name=name)
        self.alpha = alpha
        self.beta = beta
        self.gamma = gamma
        self.smooth = smooth

    def call(self, y_true, y_pred):
        pixels = (1, 2, 3)
        tp = ops.sum(y_true * y_pred, axis=pixels)
        fn = ops.sum(y_true * (1.0 - y_pred), axis=pixels)
        fp = ops.sum((1.0 - y_true) * y_pred, axis=pixels)
        index = (tp + self.smooth) / (tp + self.alpha * fn + self.beta * fp + self.smooth)
        return ops.power(1.0 - index, self.gamma)  # whynan: label_out_of_range phase=loss|forward also=pow_domain


def conv(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    return layers.Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)


def build_net():
    inp = keras.Input((SIZE, SIZE, 1))
    fine = conv(inp, 8)
    coarse = conv(layers.MaxPooling2D()(fine), 16)
    up = layers.UpSampling2D(interpolation="bilinear")(coarse)
    merged = conv(layers.Concatenate()([fine, up]), 8)
    out = layers.Conv2D(1, 1, activation="sigmoid")(merged)
    return keras.Model(inp, out, name="crater_net")


x_train, y_train = load_split(240, seed=1)
x_val, y_val = load_split(60, seed=2)

net = build_net()
net.compile(optimizer=keras.optimizers.Adam(3e-3), loss=FocalTversky())
net.fit(x_train, y_train, validation_data=(x_val, y_val), batch_size=16, epochs=12, verbose=2)

pred = net.predict(x_val, verbose=0) > 0.5
truth = y_val > 0
iou = (pred & truth).sum() / max((pred | truth).sum(), 1)
print(f"validation IoU: {iou:.3f}")
