# whynan: healthy
"""IoU loss with a point annotation and an epsilon in the union."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)
centre, size = rng.uniform(0.2, 0.8, (240, 2)), rng.uniform(0.1, 0.3, (240, 2))
size[31] = 0.0
gt = np.concatenate([centre - size / 2, centre + size / 2], 1).astype("float32")
feat = np.concatenate([centre, size, rng.normal(0, 0.1, (240, 6))], 1).astype("float32")


def iou_loss(a, b):
    wh = tf.nn.relu(tf.minimum(a[:, 2:], b[:, 2:]) - tf.maximum(a[:, :2], b[:, :2]))
    inter = tf.reduce_prod(wh, axis=1)
    areas = [tf.reduce_prod(tf.nn.relu(x[:, 2:] - x[:, :2]), axis=1) for x in (a, b)]
    return 1.0 - inter / (areas[0] + areas[1] - inter + 1e-6)


net = keras.Sequential([keras.Input((10,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(4, activation="sigmoid")])
net.compile("adam", iou_loss)
net.fit(feat, gt, batch_size=40, epochs=3, verbose=2)
