# Small one-shot detector for the aviary camera: 4x4 grid, one bird per cell.
# Many frames show no bird at all.
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

SIZE, GRID, MOST = 32, 4, 3
CELL = SIZE // GRID


def make_frame():
    img = rng.normal(0.35, 0.05, (SIZE, SIZE, 1))
    boxes = np.full((MOST, 4), np.nan)
    for b in range(rng.choice([0, 1, 2, 3], p=[0.45, 0.3, 0.15, 0.1])):
        cy, cx = rng.uniform(4, SIZE - 4, 2)
        h, w = rng.uniform(4, 9, 2)
        boxes[b] = cy, cx, h, w
        top, left = int(cy - h / 2), int(cx - w / 2)
        img[max(top, 0):int(cy + h / 2), max(left, 0):int(cx + w / 2)] += rng.uniform(0.3, 0.6)
    return img, boxes


def to_grid(boxes):
    has = np.zeros((GRID, GRID, 1))
    reg = np.full((GRID, GRID, 4), np.nan)
    for cy, cx, h, w in boxes[~np.isnan(boxes[:, 0])]:
        i, j = int(cy // CELL), int(cx // CELL)
        has[i, j] = 1
        reg[i, j] = cy / CELL - i, cx / CELL - j, np.log(h / CELL), np.log(w / CELL)
    return np.concatenate([has, reg], axis=-1)


frames, targets = [], []
for _ in range(700):
    img, boxes = make_frame()
    frames.append(img)
    targets.append(to_grid(boxes))
frames = np.array(frames, "float32")
targets = np.array(targets, "float32")
print("frames without birds:", int((targets[..., 0].sum((1, 2)) == 0).sum()))


def detection_loss(y_true, y_pred):
    has = y_true[..., 0]
    conf = tf.nn.sigmoid_cross_entropy_with_logits(labels=has, logits=y_pred[..., 0])
    conf = tf.reduce_mean(conf, axis=[1, 2])
    diff = tf.where(has[..., None] > 0, y_true[..., 1:] - y_pred[..., 1:], 0.0)
    per_frame = tf.reduce_sum(tf.square(diff), axis=[1, 2, 3])
    box = tf.math.divide_no_nan(per_frame, tf.reduce_sum(has, axis=[1, 2]))
    return conf + 0.5 * box


inp = keras.Input((SIZE, SIZE, 1))
h = layers.Conv2D(12, 3, strides=2, padding="same", activation="relu")(inp)
h = layers.Conv2D(24, 3, strides=2, padding="same", activation="relu")(h)
h = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(h)
out = layers.Conv2D(5, 1)(h)
detector = keras.Model(inp, out)

detector.compile(optimizer=keras.optimizers.Adam(2e-3), loss=detection_loss)
detector.fit(frames, targets, batch_size=32, epochs=6,  # whynan: healthy
             validation_split=0.15, verbose=2)

pred = detector.predict(frames[-100:], verbose=0)
found = pred[..., 0] > 0
truth = targets[-100:, ..., 0] > 0
print("cells right:", np.mean(found == truth), " birds found:", int((found & truth).sum()), "of", int(truth.sum()))
