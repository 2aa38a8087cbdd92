import numpy as np
import tensorflow as tf
import keras
from keras import layers

SEED = 58
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

H = W = 32
CLASSES = ("sand", "rock", "kelp", "urchin")
COLOURS = np.array([[0.76, 0.70, 0.50], [0.40, 0.40, 0.42], [0.25, 0.35, 0.12], [0.15, 0.05, 0.20]])


def quadrat():
    """one photographed quadrat with its label image"""
    label = np.zeros((H, W), dtype=int)
    r, c = rng.integers(0, 16, 2)
    label[r:r + rng.integers(8, 16), c:c + rng.integers(8, 16)] = 1
    c = rng.integers(2, 26)
    label[:, c:c + rng.integers(2, 5)] = 2
    if rng.random() < 0.06:
        yy, xx = np.mgrid[:H, :W]
        for _ in range(rng.integers(1, 4)):
            cy, cx = rng.integers(3, 29, 2)
            label[(yy - cy) ** 2 + (xx - cx) ** 2 <= 5] = 3
    image = COLOURS[label] + rng.normal(0, 0.08, (H, W, 3))
    return image.clip(0, 1).astype("float32"), label


pairs = [quadrat() for _ in range(256)]
images = np.stack([p[0] for p in pairs])
masks = keras.utils.to_categorical(np.stack([p[1] for p in pairs]), len(CLASSES)).astype("float32")
print("share of pixels:", dict(zip(CLASSES, masks.mean(axis=(0, 1, 2)).round(4))))


def conv_block(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.Conv2D(filters, 3, padding="same", activation="relu")(x)


def tiny_unet():
    inp = keras.Input((H, W, 3))
    e1 = conv_block(inp, 8)
    e2 = conv_block(layers.MaxPooling2D()(e1), 16)
    mid = conv_block(layers.MaxPooling2D()(e2), 24)
    d2 = conv_block(layers.Concatenate()([layers.UpSampling2D()(mid), e2]), 16)
    d1 = conv_block(layers.Concatenate()([layers.UpSampling2D()(d2), e1]), 8)
    return keras.Model(inp, layers.Conv2D(len(CLASSES), 1, activation="softmax")(d1))


def generalised_dice_loss(y_true, y_pred):
    """Sudre et al. 2017: classes weighted with the inverse of their squared volume"""
    axes = (0, 1, 2)
    volume = tf.reduce_sum(y_true, axis=axes)
    weights = 1.0 / tf.square(volume)  # whynan: divide_by_zero phase=loss
    overlap = tf.reduce_sum(weights * tf.reduce_sum(y_true * y_pred, axis=axes))
    total = tf.reduce_sum(weights * tf.reduce_sum(y_true + y_pred, axis=axes))
    return 1.0 - 2.0 * overlap / total


model = tiny_unet()
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=generalised_dice_loss,
    metrics=[keras.metrics.OneHotMeanIoU(num_classes=len(CLASSES), name="miou")],
)
model.fit(images[:224], masks[:224], batch_size=16, epochs=4, verbose=2)

pred = model.predict(images[224:], verbose=0).argmax(-1)
truth = masks[224:].argmax(-1)
for k, name in enumerate(CLASSES):
    both = np.logical_and(pred == k, truth == k).sum()
    either = np.logical_or(pred == k, truth == k).sum()
    print(f"{name:8s} IoU {both / max(either, 1):.3f}")
