"""Thermal camera, hedgehogs on three grids (small, medium, large), with a report per grid as in the old C program.

The report shows nan for Avg IOU, Obj and .5R in many lines, mostly for the coarse grid. The average loss goes down all
the same. Should I stop the run?
"""
# whynan: side_nonfinite
import numpy as np
import tensorflow as tf
import keras
from keras import layers

FRAME = 32
GRIDS = (8, 4, 2)
BATCH = 8


def draw(rng):
    frame = rng.normal(0.1, 0.05, (FRAME, FRAME, 1))
    truth = [np.zeros((g, g, 5)) for g in GRIDS]
    yy, xx = np.mgrid[:FRAME, :FRAME]
    for _ in range(rng.integers(1, 3)):
        radius = rng.choice([2, 3, 5, 9], p=[0.45, 0.35, 0.17, 0.03])
        level = 0 if radius <= 3 else 1 if radius <= 6 else 2
        cx, cy = rng.uniform(radius, FRAME - radius, 2)
        frame[(xx - cx) ** 2 + (yy - cy) ** 2 <= radius ** 2] += 0.7
        stride = FRAME // GRIDS[level]
        col, row = int(cx // stride), int(cy // stride)
        size = np.log(2 * radius / stride)
        truth[level][row, col] = [1.0, cx / stride - col, cy / stride - row, size, size]
    return (frame, *truth)


def dataset(count, rng):
    columns = [np.stack(c).astype("float32") for c in zip(*(draw(rng) for _ in range(count)))]
    return tf.data.Dataset.from_tensor_slices(tuple(columns)).shuffle(count, seed=2).batch(BATCH).repeat()


def detector():
    frame = keras.Input((FRAME, FRAME, 1))
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(frame)
    heads = []
    for filters in (24, 32, 48):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")(x)
        heads.append(layers.Conv2D(5, 3, padding="same")(x))
    return keras.Model(frame, heads)


def corners(centre, log_size):
    half = 0.5 * tf.exp(tf.clip_by_value(log_size, -3.0, 3.0))
    return centre - half, centre + half


def overlap(raw, truth):
    low_p, high_p = corners(tf.sigmoid(raw[..., 1:3]), raw[..., 3:5])
    low_t, high_t = corners(truth[..., 1:3], truth[..., 3:5])
    shared = tf.reduce_prod(tf.maximum(tf.minimum(high_p, high_t) - tf.maximum(low_p, low_t), 0.0), axis=-1)
    union = tf.reduce_prod(high_p - low_p, axis=-1) + tf.reduce_prod(high_t - low_t, axis=-1) - shared
    return shared / union


def region_loss(raw, truth):
    present = truth[..., 0]
    objectness = tf.nn.sigmoid_cross_entropy_with_logits(labels=present, logits=raw[..., 0])
    shift = tf.reduce_sum(tf.square(tf.sigmoid(raw[..., 1:3]) - truth[..., 1:3]), axis=-1)
    size = tf.reduce_sum(tf.square(raw[..., 3:5] - truth[..., 3:5]), axis=-1)
    return (tf.reduce_sum(objectness) + 2.0 * tf.reduce_sum(present * (shift + size))) / BATCH


def region_report(raw, truth):
    present = truth[..., 0]
    count = tf.reduce_sum(present)
    iou = overlap(raw, truth)
    good = tf.cast(iou > 0.5, tf.float32)
    confidence = tf.sigmoid(raw[..., 0])
    return tf.stack([tf.reduce_sum(present * iou) / count, tf.reduce_sum(present * confidence) / count,
                     tf.reduce_mean(confidence), tf.reduce_sum(present * good) / count, count])


keras.utils.set_random_seed(2)
model = detector()
optimizer = keras.optimizers.Adam(2e-3)
optimizer.build(model.trainable_variables)


@tf.function
def step(frame, *truth):
    with tf.GradientTape() as tape:
        raw = model(frame, training=True)
        loss = tf.add_n([region_loss(r, t) for r, t in zip(raw, truth)])
    optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    return loss, [region_report(r, t) for r, t in zip(raw, truth)]


average = None
for number, batch in enumerate(dataset(480, np.random.default_rng(2)).take(240), start=1):
    loss, reports = step(*batch)
    average = float(loss) if average is None else 0.9 * average + 0.1 * float(loss)
    if number % 20 == 0:
        for grid, report in zip(GRIDS, reports):
            iou, obj, anywhere, recall, count = report.numpy()
            print(f"Region {grid}: Avg IOU {iou:.3f}  Obj {obj:.3f}  All {anywhere:.3f}  .5R {recall:.3f}  count {count:.0f}")
        print(f"{number}: {float(loss):.4f}, {average:.4f} avg")
