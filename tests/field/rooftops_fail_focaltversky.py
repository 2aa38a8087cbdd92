"""Segment building footprints on aerial tiles of one municipality.

The municipality is (nearly) round, the mosaic is square: pixels beyond the
border carry no annotation and must not count in the loss.
"""
import numpy as np
import keras
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

TILE = 24
GRID = 20
SIDE = TILE * GRID


def make_mosaic():
    img = 0.35 + 0.08 * rng.standard_normal((SIDE, SIDE, 3))
    lab = np.zeros((SIDE, SIDE), "float32")
    for _ in range(900):
        r, c = rng.integers(0, SIDE - 12, 2)
        h, w = rng.integers(4, 11, 2)
        lab[r:r + h, c:c + w] = 1.0
        img[r:r + h, c:c + w] += np.array([0.35, 0.12, 0.05]) * rng.uniform(0.6, 1.2)
    yy, xx = np.mgrid[:SIDE, :SIDE]
    centre = (SIDE - 1) / 2
    inside = (yy - centre) ** 2 + (xx - centre) ** 2 < 300.0 ** 2
    img[~inside] = 0.0
    lab[~inside] = 0.0
    return img.astype("float32"), lab, inside.astype("float32")


def to_tiles(a):
    a = a.reshape(GRID, TILE, GRID, TILE, -1)
    return a.transpose(0, 2, 1, 3, 4).reshape(GRID * GRID, TILE, TILE, -1)


class FocalTversky(keras.losses.Loss):
    """y_true: channel 0 the building mask, channel 1 the annotated area."""

    def __init__(self, alpha=0.7, gamma=4 / 3, smooth=1.0, **kw):
        super().__init__(**kw)
        self.alpha = alpha
        self.gamma = gamma
        self.smooth = smooth

    def tversky(self, y_true, y_pred):
        t, area = y_true[..., :1], y_true[..., 1:]
        p = y_pred * area
        t = t * area
        ax = [1, 2, 3]
        tp = tf.reduce_sum(t * p, axis=ax)
        fn = tf.reduce_sum(t * (1.0 - p), axis=ax)
        fp = tf.reduce_sum((area - t) * p, axis=ax)
        return (tp + self.smooth) / (
            tp + self.alpha * fn + (1 - self.alpha) * fp + self.smooth
        )

    def call(self, y_true, y_pred):
        ti = self.tversky(y_true, y_pred)
        return tf.pow(1.0 - ti, 1.0 / self.gamma)  # whynan: pow_grad_at_zero phase=gradient rows=0,19,380,399


def soft_iou(y_true, y_pred):
    t, area = y_true[..., :1], y_true[..., 1:]
    p = tf.cast(y_pred > 0.5, tf.float32) * area
    inter = tf.reduce_sum(t * p)
    union = tf.reduce_sum(tf.maximum(t * area, p))
    return inter / (union + 1.0)


def small_unet():
    inp = keras.Input((TILE, TILE, 3))
    a = layers.Conv2D(12, 3, padding="same", activation="relu")(inp)
    b = layers.MaxPooling2D()(a)
    b = layers.Conv2D(24, 3, padding="same", activation="relu")(b)
    u = layers.UpSampling2D()(b)
    u = layers.Concatenate()([u, a])
    u = layers.Conv2D(12, 3, padding="same", activation="relu")(u)
    out = layers.Conv2D(1, 1, activation="sigmoid")(u)
    return keras.Model(inp, out)


image, mask, inside = make_mosaic()
x = to_tiles(image)
y = np.concatenate([to_tiles(mask), to_tiles(inside)], axis=-1)
print("tiles", x.shape, "share of roof pixels", round(float(mask.mean()), 3))

model = small_unet()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=FocalTversky(), metrics=[soft_iou])
hist = model.fit(x, y, batch_size=16, epochs=4, verbose=2)
print({k: [round(float(v), 4) for v in vs] for k, vs in hist.history.items()})
