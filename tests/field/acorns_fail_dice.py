"""Segment forest-floor tiles into soil / leaf / acorn / weevil-damaged acorn."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(11)

SIZE = 24
CLASSES = ["soil", "leaf", "acorn", "weevil"]
PALETTE = np.array([[0.35, 0.25, 0.15], [0.25, 0.50, 0.20], [0.70, 0.55, 0.30], [0.20, 0.10, 0.05]])


def paint_disc(mask, cls, rng, lo, hi):
    r = rng.integers(lo, hi)
    cy, cx = rng.integers(r, SIZE - r, size=2)
    yy, xx = np.mgrid[:SIZE, :SIZE]
    mask[(yy - cy) ** 2 + (xx - cx) ** 2 <= r * r] = cls


def make_tile(rng, damaged):
    mask = np.zeros((SIZE, SIZE), dtype="int64")
    for _ in range(3):
        paint_disc(mask, 1, rng, 3, 6)
    paint_disc(mask, 2, rng, 3, 5)
    if damaged:
        paint_disc(mask, 3, rng, 2, 4)
    img = PALETTE[mask] + rng.normal(0, 0.05, size=(SIZE, SIZE, 3))
    return np.clip(img, 0, 1).astype("float32"), mask


def load_tiles(n=320):
    rng = np.random.default_rng(5)
    damaged_ids = set(rng.choice(n, size=5, replace=False).tolist())
    imgs, masks = zip(*(make_tile(rng, i in damaged_ids) for i in range(n)))
    onehot = keras.utils.to_categorical(np.stack(masks), len(CLASSES)).astype("float32")
    return np.stack(imgs), onehot


def generalized_dice_loss(y_true, y_pred):
    """Sudre et al. 2017: classes weighted by the inverse of their squared volume."""
    axes = [0, 1, 2]
    volume = tf.reduce_sum(y_true, axis=axes)
    w = 1.0 / tf.square(volume)  # whynan: divide_by_zero phase=loss
    overlap = tf.reduce_sum(y_true * y_pred, axis=axes)
    total = tf.reduce_sum(y_true + y_pred, axis=axes)
    return 1.0 - 2.0 * tf.reduce_sum(w * overlap) / tf.reduce_sum(w * total)


def build_net():
    inp = keras.Input((SIZE, SIZE, 3))
    x = layers.Conv2D(12, 3, padding="same", activation="relu")(inp)
    skip = x
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(24, 3, padding="same", activation="relu")(x)
    x = layers.UpSampling2D()(x)
    x = layers.Concatenate()([x, skip])
    x = layers.Conv2D(12, 3, padding="same", activation="relu")(x)
    out = layers.Conv2D(len(CLASSES), 1, activation="softmax")(x)
    return keras.Model(inp, out)


X, Y = load_tiles()
n_val = 48
net = build_net()
net.compile(optimizer=keras.optimizers.Adam(1e-3), loss=generalized_dice_loss)
hist = net.fit(X[n_val:], Y[n_val:], batch_size=16, epochs=3, verbose=2)

pred = net.predict(X[:n_val], verbose=0).argmax(-1)
truth = Y[:n_val].argmax(-1)
for k, name in enumerate(CLASSES):
    hit = np.logical_and(pred == k, truth == k).sum()
    either = np.logical_or(pred == k, truth == k).sum()
    print(f"IoU {name:8s} {hit / max(either, 1):.3f}")
