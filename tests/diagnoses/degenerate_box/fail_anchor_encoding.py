"""SSD style box regression: encode ground truth against the default box."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(66)
rng = np.random.default_rng(66)


def read_annotations(n=200):
    x1, y1 = rng.uniform(0, 200, n), rng.uniform(0, 200, n)
    boxes = np.stack([x1, y1, x1 + rng.uniform(10, 80, n), y1 + rng.uniform(10, 80, n)], axis=1)
    boxes[48, 2] = boxes[48, 0]         # clicked instead of dragged
    return boxes


def encode(boxes, anchor=(100.0, 100.0, 40.0, 40.0)):
    cx, cy = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    w, h = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    tx, ty = (cx - anchor[0]) / anchor[2], (cy - anchor[1]) / anchor[3]
    tw = np.log(w / anchor[2])  # whynan: degenerate_box phase=data rows=48 also=log_of_zero,nan_in_label,inf_in_input
    th = np.log(h / anchor[3])
    return np.stack([tx, ty, tw, th], axis=1).astype("float32")


gt = read_annotations()
targets = encode(gt)
crops = (gt @ rng.normal(size=(4, 24)) / 100).astype("float32")

head = keras.Sequential([keras.Input((24,)), layers.Dense(32, activation="relu"), layers.Dense(4)])
head.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
head.fit(crops, targets, batch_size=40, epochs=2, verbose=2)
