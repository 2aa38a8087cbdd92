"""Find the one insect on each sticky-trap crop. Box regression with the CIoU
loss of the YOLO papers, own training loop."""
import math
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

FULL = 1200      # side of the crop that was annotated
SIDE = 48        # side that goes into the net
N = 704


def annotations(n):
    """COCO style x, y, w, h in pixels of the full crop."""
    wh = rng.uniform(70, 300, (n, 2))
    wh[[340, 588]] = [[17.0, 14.0], [19.0, 21.0]]     # freshly hatched
    xy = rng.uniform(20, FULL - 330, (n, 2))
    return np.concatenate([xy, wh], axis=1)


def render(boxes):
    img = rng.normal(0.8, 0.05, (len(boxes), SIDE, SIDE, 1))
    for k, (x, y, w, h) in enumerate(boxes):
        img[k, y:y + h + 1, x:x + w + 1] -= rng.uniform(0.4, 0.7)
    return img.astype("float32")


coco = annotations(N)
scaled = (coco * SIDE / FULL).astype("int32")
images = render(scaled)
x, y, w, h = scaled.T.astype("float32")
gt = np.stack([x + w / 2, y + h / 2, w, h], axis=1)


def corners(b):
    cx, cy, bw, bh = tf.unstack(b, axis=-1)
    return cx - bw / 2, cy - bh / 2, cx + bw / 2, cy + bh / 2


def ciou_loss(t, p):
    tx1, ty1, tx2, ty2 = corners(t)
    px1, py1, px2, py2 = corners(p)
    iw = tf.maximum(tf.minimum(tx2, px2) - tf.maximum(tx1, px1), 0.0)
    ih = tf.maximum(tf.minimum(ty2, py2) - tf.maximum(ty1, py1), 0.0)
    inter = iw * ih
    union = t[:, 2] * t[:, 3] + p[:, 2] * p[:, 3] - inter
    iou = inter / (union + 1e-7)

    cw = tf.maximum(tx2, px2) - tf.minimum(tx1, px1)
    ch = tf.maximum(ty2, py2) - tf.minimum(ty1, py1)
    centre = tf.reduce_sum(tf.square(t[:, :2] - p[:, :2]), axis=-1)
    diou = iou - centre / (cw ** 2 + ch ** 2 + 1e-7)

    angle_t = tf.math.atan(t[:, 2] / t[:, 3])  # whynan: degenerate_box phase=loss|forward also=divide_by_zero rows=340
    angle_p = tf.math.atan(p[:, 2] / p[:, 3])
    v = 4 / math.pi ** 2 * tf.square(angle_t - angle_p)
    alpha = tf.stop_gradient(v / (1.0 - iou + v + 1e-7))
    return tf.reduce_mean(1.0 - diou + alpha * v)


def build():
    inp = keras.Input((SIDE, SIDE, 1))
    z = inp
    for f in (8, 16, 24):
        z = layers.Conv2D(f, 3, strides=2, padding="same", activation="relu")(z)
    z = layers.Flatten()(z)
    z = layers.Dense(48, activation="relu")(z)
    z = layers.Dense(4, activation="sigmoid")(z)
    return keras.Model(inp, layers.Rescaling(float(SIDE))(z))


net = build()
opt = keras.optimizers.Adam(1e-3)


@tf.function
def step(xb, tb):
    with tf.GradientTape() as tape:
        loss = ciou_loss(tb, net(xb, training=True))
    g = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(g, net.trainable_variables))
    return loss


BATCH = 32
for epoch in range(3):
    losses = []
    for s in range(0, N, BATCH):
        losses.append(float(step(tf.constant(images[s:s + BATCH]), tf.constant(gt[s:s + BATCH]))))
    print(f"epoch {epoch}: ciou loss {np.mean(losses):.4f}")
