# Where is the shopping trolley? One box per car park frame, regressed against a fixed anchor, trained on random crops.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(2024)

FRAME = 48
CROP = 32
ANCHOR = tf.constant([11.0, 11.0])
BATCH = 32


def draw_frames(n, seed):
    """grey asphalt, white parking lines, one bright trolley; boxes as x1, y1, x2, y2 in pixels"""
    rng = np.random.default_rng(seed)
    frames = rng.normal(90, 12, (n, FRAME, FRAME)).clip(0, 255)
    boxes = np.zeros((n, 4), "float32")
    for i in range(n):
        frames[i, :, rng.integers(0, FRAME)] += 50
        w, h = rng.integers(6, 17, 2)
        x1, y1 = rng.integers(0, FRAME - w + 1), rng.integers(0, FRAME - h + 1)
        frames[i, y1:y1 + h, x1:x1 + w] = rng.normal(190, 20, (h, w))
        frames[i, y1:y1 + h:3, x1:x1 + w] -= 60
        boxes[i] = x1, y1, x1 + w, y1 + h
    return frames.clip(0, 255).astype("uint8")[..., None], boxes


def random_crop(frame, box):
    off = tf.random.uniform([2], 0, FRAME - CROP + 1, dtype=tf.int32)
    patch = tf.slice(frame, [off[1], off[0], 0], [CROP, CROP, 1])
    shift = tf.cast(tf.tile(off, [2]), tf.float32)
    return patch, tf.clip_by_value(box - shift, 0.0, float(CROP))


def centre_crop(frame, box):
    m = (FRAME - CROP) // 2
    return frame[m:m + CROP, m:m + CROP], tf.clip_by_value(box - m, 0.0, float(CROP))


def in_view(patch, box):
    return tf.reduce_all(box[2:] >= box[:2])


def encode(patch, box):
    """R-CNN style parametrisation (dx, dy, log w, log h)"""
    size = box[2:] - box[:2]
    centre = 0.5 * (box[2:] + box[:2])
    offset = (centre - CROP / 2) / ANCHOR
    scale = tf.math.log(size / ANCHOR)  # whynan: degenerate_box phase=data also=log_of_zero
    return tf.cast(patch, tf.float32) / 127.5 - 1.0, tf.concat([offset, scale], axis=0)


def decode(code):
    centre = code[:, :2] * ANCHOR.numpy() + CROP / 2
    size = np.exp(code[:, 2:]) * ANCHOR.numpy()
    return np.hstack([centre - size / 2, centre + size / 2])


def iou(a, b):
    lo, hi = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    inter = np.prod(np.clip(hi - lo, 0, None), axis=1)
    area = lambda r: np.prod(r[:, 2:] - r[:, :2], axis=1)
    return inter / (area(a) + area(b) - inter + 1e-9)


def build():
    return keras.Sequential([
        keras.Input((CROP, CROP, 1)),
        layers.Conv2D(12, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(24, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(4, name="box_code"),
    ])


frames, boxes = draw_frames(700, seed=6)
train = (tf.data.Dataset.from_tensor_slices((frames, boxes))
         .shuffle(700, seed=9)
         .map(random_crop)
         .filter(in_view)
         .map(encode)
         .batch(BATCH)
         .prefetch(2))

model = build()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.Huber(delta=1.0))
model.fit(train, epochs=5, verbose=2)

test_frames, test_boxes = draw_frames(120, seed=7)
patches, truth = zip(*[centre_crop(f, b) for f, b in zip(test_frames, test_boxes)])
codes = model.predict(np.stack(patches) / 127.5 - 1.0, verbose=0)
print("mean IoU on centre crops:", round(float(iou(decode(codes), np.stack(truth)).mean()), 3))
