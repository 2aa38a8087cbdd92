"""Lesion segmentation with Dice + boundary loss (distance maps are computed once, before training).

Dice alone trains. As soon as I add the boundary term the loss is nan somewhere in the first epoch, whatever weight I
give it (even 1e-6), so I think that the boundary loss explodes?
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from scipy import ndimage

keras.utils.set_random_seed(8)

SIDE = 32
SLICES = 120
CONTROLS = (17, 42, 63)  # volunteers from the control group


def draw_slice(rng, with_lesion):
    yy, xx = np.mgrid[:SIDE, :SIDE]
    tissue = 0.4 + 0.1 * np.sin(xx / 5.0 + rng.uniform(0, 6)) + 0.05 * rng.normal(size=(SIDE, SIDE))
    mask = np.zeros((SIDE, SIDE), dtype="uint8")
    if with_lesion:
        cy, cx = rng.uniform(8, SIDE - 8, size=2)
        ry, rx = rng.uniform(2.5, 6.0, size=2)
        mask = ((((yy - cy) / ry) ** 2 + ((xx - cx) / rx) ** 2) <= 1.0).astype("uint8")
        tissue = tissue + 0.35 * mask
    return tissue, mask


def signed_distance(mask):
    """Positive outside, negative inside, both sides scaled to 1 so that big and small lesions count alike."""
    outside = ndimage.distance_transform_edt(1 - mask)
    inside = ndimage.distance_transform_edt(mask)
    return outside / outside.max() - inside / inside.max()  # whynan: nan_in_label phase=data rows=17,42,63 also=divide_by_zero,zero_variance_normalisation


def load_study(seed=20):
    rng = np.random.default_rng(seed)
    images, labels = [], []
    for number in range(SLICES):
        tissue, mask = draw_slice(rng, with_lesion=number not in CONTROLS)
        images.append(tissue[..., None])
        labels.append(np.stack([mask.astype("float64"), signed_distance(mask)], axis=-1))
    return np.asarray(images, dtype="float32"), np.asarray(labels, dtype="float32")


def conv_block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)


def small_unet():
    inputs = layers.Input((SIDE, SIDE, 1))
    top = conv_block(inputs, 8)
    middle = conv_block(layers.MaxPooling2D()(top), 16)
    bottom = conv_block(layers.MaxPooling2D()(middle), 24)
    up = layers.Concatenate()([layers.UpSampling2D()(bottom), middle])
    up = conv_block(up, 16)
    up = layers.Concatenate()([layers.UpSampling2D()(up), top])
    up = conv_block(up, 8)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(up), name="small_unet")


def dice_and_boundary(weight):
    def loss(y_true, y_pred):
        mask, distance = y_true[..., :1], y_true[..., 1:]
        overlap = tf.reduce_sum(mask * y_pred, axis=[1, 2, 3])
        size = tf.reduce_sum(mask, axis=[1, 2, 3]) + tf.reduce_sum(y_pred, axis=[1, 2, 3])
        dice = 1.0 - (2.0 * overlap + 1.0) / (size + 1.0)
        boundary = tf.reduce_mean(distance * y_pred, axis=[1, 2, 3])
        return dice + weight * boundary

    return loss


def main():
    images, labels = load_study()
    model = small_unet()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=dice_and_boundary(weight=0.05))
    model.fit(
        images,
        labels,
        batch_size=12,
        epochs=3,
        validation_split=0.2,
        callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=2)],
        verbose=2,
    )


if __name__ == "__main__":
    main()
