import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)
n = 240
centre = rng.uniform(0.2, 0.8, (n, 2))
size = rng.uniform(0.1, 0.3, (n, 2))
size[31] = 0.0                 # point annotation
gt = np.concatenate([centre - size / 2, centre + size / 2], 1).astype("float32")
feat = np.concatenate([centre, size, rng.normal(0, 0.1, (n, 6))], 1).astype("float32")


def area(b):
    return tf.nn.relu(b[:, 2] - b[:, 0]) * tf.nn.relu(b[:, 3] - b[:, 1])


def iou_loss(a, b):
    lt = tf.maximum(a[:, :2], b[:, :2])
    rb = tf.minimum(a[:, 2:], b[:, 2:])
    wh = tf.nn.relu(rb - lt)
    inter = wh[:, 0] * wh[:, 1]
    union = area(a) + area(b) - inter
    return 1.0 - inter / union  # whynan: degenerate_box phase=loss rows=31 also=divide_by_zero


class BoxNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.h = keras.layers.Dense(32, activation="relu")
        self.xy = keras.layers.Dense(2, activation="sigmoid")
        self.wh = keras.layers.Dense(2, activation="relu")

    def call(self, x):
        h = self.h(x)
        c, s = self.xy(h), self.wh(h)
        return tf.concat([c - s / 2, c + s / 2], axis=-1)


det = BoxNet()
det.compile(optimizer="adam", loss=iou_loss)
for epoch in range(3):
    print(epoch, det.fit(feat, gt, batch_size=40, verbose=0).history["loss"])
