# Lung segmentation, pixels with label 255 = "void" must be ignored.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
VOID = 255


def blobs(n, size=24):
    yy, xx = np.mgrid[:size, :size]
    imgs, masks = [], []
    for _ in range(n):
        cy, cx = rng.uniform(6, 18, 2)
        m = ((yy - cy) ** 2 + (xx - cx) ** 2 < rng.uniform(9, 40)).astype("float32")
        imgs.append(m + rng.normal(0, 0.3, m.shape))
        m[:2] = VOID  # border isn't annotated
        masks.append(m)
    return np.array(imgs, "float32")[..., None], np.array(masks, "float32")[..., None]


images, masks = blobs(96)
masks[37] = VOID  # annotator skipped this slice completely


def tversky_loss(alpha=0.7, beta=0.3):
    def loss(y_true, y_pred):
        valid = tf.cast(tf.not_equal(y_true, VOID), tf.float32)
        g = y_true * valid
        p = y_pred * valid
        axes = [1, 2, 3]
        tp = tf.reduce_sum(g * p, axes)
        fp = tf.reduce_sum((1.0 - g) * p, axes)
        fn = tf.reduce_sum(g * (1.0 - p), axes)
        index = tp / (tp + alpha * fp + beta * fn)  # whynan: divide_by_zero phase=loss rows=37 also=empty_reduction,zero_weight_sum
        return 1.0 - index

    return loss


unet = keras.Sequential(
    [
        keras.Input((24, 24, 1)),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.UpSampling2D(),
        layers.Conv2D(1, 1, activation="sigmoid"),
    ]
)
unet.compile(optimizer="adam", loss=tversky_loss())
unet.fit(images, masks, batch_size=16, epochs=3, verbose=2)
