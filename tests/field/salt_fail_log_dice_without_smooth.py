"""Salt segmentation, the kernel everybody copies: loss = bce - log(dice).

I removed the smoothing constant because with it an empty prediction on a small salt body
gets a dice of 0.2, which makes no sense.
"""
import numpy as np
import keras
from keras import layers, ops

IMG = 32
CONFIG = {"epochs": 4, "batch_size": 16, "lr": 1e-3, "smooth": 0.0, "filters": 8}
NO_SALT = [7, 30, 64, 101, 118]  # images without salt, about 4 % here (40 % in the real data)


def seismic(n, seed, empty=()):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[0:IMG, 0:IMG]
    images, masks = [], []
    for i in range(n):
        layering = 0.5 + 0.2 * np.sin(yy / rng.uniform(1.5, 3) + 0.05 * xx)
        mask = np.zeros((IMG, IMG))
        if i not in empty:
            cy, cx = rng.uniform(8, 24, 2)
            mask = ((yy - cy) ** 2 + (xx - cx) ** 2 < rng.uniform(4, 9) ** 2).astype(float)
        images.append(layering * (1 - mask) + 0.8 * mask + rng.normal(0, 0.05, mask.shape))
        masks.append(mask)
    return (np.array(images, "float32")[..., None], np.array(masks, "float32")[..., None])


def flatten(t):
    return ops.reshape(t, (ops.shape(t)[0], -1))


def dice_coef(y_true, y_pred, smooth=CONFIG["smooth"]):
    t, p = flatten(y_true), flatten(y_pred)
    intersection = ops.sum(t * p, axis=1)
    return (2.0 * intersection + smooth) / (ops.sum(t, axis=1) + ops.sum(p, axis=1) + smooth)


def dice_log_loss(y_true, y_pred):
    return -ops.log(dice_coef(y_true, y_pred))  # whynan: log_of_zero phase=loss rows=7,30,64,101,118


def bce_dice_loss(y_true, y_pred):
    y_true = ops.cast(y_true, y_pred.dtype)
    bce = ops.mean(keras.losses.binary_crossentropy(y_true, y_pred), axis=(1, 2))
    return bce + 0.5 * dice_log_loss(y_true, y_pred)


def mean_iou(y_true, y_pred):
    t, p = flatten(y_true), flatten(ops.cast(y_pred > 0.5, "float32"))
    inter = ops.sum(t * p, axis=1)
    return ops.mean((inter + 1.0) / (ops.sum(t, axis=1) + ops.sum(p, axis=1) - inter + 1.0))


def conv(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)


def unet(filters):
    inputs = keras.Input((IMG, IMG, 1))
    c1 = conv(inputs, filters)
    c2 = conv(layers.MaxPooling2D()(c1), 2 * filters)
    c3 = conv(layers.MaxPooling2D()(c2), 4 * filters)
    u2 = conv(layers.Concatenate()([layers.UpSampling2D()(c3), c2]), 2 * filters)
    u1 = conv(layers.Concatenate()([layers.UpSampling2D()(u2), c1]), filters)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(u1))


if __name__ == "__main__":
    keras.utils.set_random_seed(31)
    x_train, y_train = seismic(128, seed=0, empty=NO_SALT)
    x_val, y_val = seismic(32, seed=1)
    model = unet(CONFIG["filters"])
    model.compile(
        optimizer=keras.optimizers.Adam(CONFIG["lr"]),
        loss=bce_dice_loss,
        metrics=[mean_iou],
    )
    model.fit(
        x_train, y_train,
        validation_data=(x_val, y_val),
        batch_size=CONFIG["batch_size"],
        epochs=CONFIG["epochs"],
        callbacks=[keras.callbacks.EarlyStopping(monitor="val_mean_iou", mode="max", patience=8)],
        verbose=2,
    )
