"""Segment budding yeast in brightfield crops (24x24) with a tiny U-Net.

Recipe follows the DeepLab one: Adam, poly learning rate, dice + bce.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SIZE = 24
BATCH = 32
EPOCHS = 12
BASE_LR = 2e-3


def synth_crops(n, rng):
    yy, xx = np.mgrid[:SIZE, :SIZE]
    imgs = np.empty((n, SIZE, SIZE, 1), "float32")
    masks = np.zeros((n, SIZE, SIZE, 1), "float32")
    for i in range(n):
        field = 90 + 12 * rng.standard_normal((SIZE, SIZE)) + 0.8 * xx
        for _ in range(rng.integers(0, 4)):  # some crops are empty medium
            cy, cx = rng.uniform(4, SIZE - 4, 2)
            r = rng.uniform(2.5, 5.0)
            disk = (yy - cy) ** 2 + (xx - cx) ** 2 < r ** 2
            masks[i, disk, 0] = 1.0
            field[disk] += rng.uniform(35, 70)
        imgs[i, ..., 0] = np.clip(field, 0, 255)
    return imgs, masks


def standardise(imgs):
    mu = imgs.mean(axis=(1, 2, 3), keepdims=True)
    sd = imgs.std(axis=(1, 2, 3), keepdims=True)
    return (imgs - mu) / (sd + 1e-5)


class PolyDecay(keras.optimizers.schedules.LearningRateSchedule):
    """lr = base * (1 - step / total) ** power"""

    def __init__(self, base, total, power=0.9):
        self.base = base
        self.total = float(total)
        self.power = power

    def __call__(self, step):
        frac = tf.cast(step, tf.float32) / self.total
        return self.base * tf.pow(1.0 - frac, self.power)  # whynan: lr_schedule_invalid phase=update also=pow_domain

    def get_config(self):
        return {"base": self.base, "total": self.total, "power": self.power}


def conv_block(x, f):
    for _ in range(2):
        x = layers.Conv2D(f, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    return x


def tiny_unet():
    inp = layers.Input((SIZE, SIZE, 1))
    d1 = conv_block(inp, 8)
    d2 = conv_block(layers.MaxPooling2D()(d1), 16)
    u1 = layers.UpSampling2D(interpolation="bilinear")(d2)
    u1 = conv_block(layers.Concatenate()([u1, d1]), 8)
    return keras.Model(inp, layers.Conv2D(1, 1)(u1), name="tiny_unet")


def dice_bce(y_true, logits):
    prob = tf.sigmoid(logits)
    inter = tf.reduce_sum(y_true * prob, axis=[1, 2, 3])
    total = tf.reduce_sum(y_true + prob, axis=[1, 2, 3])
    dice = (2.0 * inter + 1.0) / (total + 1.0)
    bce = tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=logits)
    return 1.0 - dice + tf.reduce_mean(bce, axis=[1, 2, 3])


def iou(y_true, prob, thr=0.5):
    p, t = prob > thr, y_true > 0.5
    with np.errstate(invalid="ignore"):
        return (p & t).sum((1, 2, 3)) / (p | t).sum((1, 2, 3))


def main():
    keras.utils.set_random_seed(42)
    rng = np.random.default_rng(42)
    imgs, masks = synth_crops(400, rng)
    imgs = standardise(imgs)
    x_train, y_train = imgs[:330], masks[:330]
    x_val, y_val = imgs[330:], masks[330:]
    print("foreground: %.1f %%" % (100 * y_train.mean()))

    total_steps = EPOCHS * (len(x_train) // BATCH)
    model = tiny_unet()
    model.compile(optimizer=keras.optimizers.Adam(PolyDecay(BASE_LR, total_steps)), loss=dice_bce)
    model.fit(x_train, y_train, batch_size=BATCH, epochs=EPOCHS, verbose=2)

    prob = 1 / (1 + np.exp(-model.predict(x_val, verbose=0)))
    print("val IoU (empty crops ignored): %.3f" % np.nanmean(iou(y_val, prob)))


if __name__ == "__main__":
    main()
