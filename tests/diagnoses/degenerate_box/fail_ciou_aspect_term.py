"""CIoU loss, aspect ratio term, custom loop."""
import math
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)
xywh = np.concatenate([rng.uniform(0.3, 0.7, (200, 2)), rng.uniform(0.05, 0.3, (200, 2))], 1).astype("float32")
xywh[118, 2:] = 0.0            # class label without extent
patches = (xywh @ rng.normal(size=(4, 16)) + 0.02 * rng.normal(size=(200, 16))).astype("float32")


def ciou(t, p, eps=1e-7):
    t1, t2 = t[:, :2] - t[:, 2:] / 2, t[:, :2] + t[:, 2:] / 2
    p1, p2 = p[:, :2] - p[:, 2:] / 2, p[:, :2] + p[:, 2:] / 2
    wh = tf.maximum(tf.minimum(t2, p2) - tf.maximum(t1, p1), 0.0)
    inter = wh[:, 0] * wh[:, 1]
    union = t[:, 2] * t[:, 3] + p[:, 2] * p[:, 3] - inter + eps
    iou = inter / union
    enclose = tf.maximum(t2, p2) - tf.minimum(t1, p1)
    diag = tf.reduce_sum(enclose ** 2, axis=1) + eps
    dist = tf.reduce_sum((t[:, :2] - p[:, :2]) ** 2, axis=1) / diag
    v = 4 / math.pi ** 2 * (tf.atan(t[:, 2] / t[:, 3]) - tf.atan(p[:, 2] / p[:, 3])) ** 2  # whynan: degenerate_box phase=loss rows=118 also=divide_by_zero
    alpha = tf.stop_gradient(v / (1 - iou + v + eps))
    return tf.reduce_mean(1 - iou + dist + alpha * v)


net = keras.Sequential([keras.Input((16,)), keras.layers.Dense(32, activation="swish"), keras.layers.Dense(4, activation="sigmoid")])
opt = keras.optimizers.AdamW(2e-3)


@tf.function
def train_step(x, t):
    with tf.GradientTape() as tape:
        loss = ciou(t, net(x, training=True))
    opt.apply_gradients(zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables))
    return loss


for i in range(0, 200, 25):
    print("batch", i // 25, "ciou loss", train_step(patches[i:i + 25], xywh[i:i + 25]).numpy())
