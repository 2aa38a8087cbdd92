"""Is there a raccoon at the bin, and where?  One box per picture from our garden camera.

Boiled down from the keras.io RetinaNet example to a single anchor and a small conv net
for the Raspberry.  It trained (slowly) until I put the augmentation in, since then the
loss is nan at once.  The boxes after the augmentation are all inside 0..1, I checked.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(13)

SIDE = 48
BATCH = 16


def camera(n, seed):
    """Night pictures with one brighter animal and its xmin, ymin, xmax, ymax in pixels."""
    rng = np.random.default_rng(seed)
    pictures = rng.normal(45, 9, (n, SIDE, SIDE, 3))
    pictures += np.linspace(0, 25, SIDE)[None, :, None, None]
    rows, cols = np.mgrid[0:SIDE, 0:SIDE]
    boxes = np.zeros((n, 4), "float32")
    for i in range(n):
        w, h = rng.integers(10, 24), rng.integers(8, 18)
        x, y = rng.integers(0, SIDE - w), rng.integers(4, SIDE - h)
        inside = ((cols - x - w / 2) / (w / 2)) ** 2 + ((rows - y - h / 2) / (h / 2)) ** 2 <= 1.0
        pictures[i][inside] += rng.uniform(60, 110) * np.array([1.0, 0.95, 0.85])
        boxes[i] = x, y, x + w, y + h
    return np.clip(pictures, 0, 255).astype("uint8"), boxes / SIDE


train_images, train_boxes = camera(320, seed=1)
val_images, val_boxes = camera(64, seed=2)

# the one anchor is the typical animal
ANCHOR = (train_boxes[:, 2:] - train_boxes[:, :2]).mean(axis=0).astype("float32")


def augment(image, box):
    image = tf.cast(image, tf.float32)
    if tf.random.uniform(()) > 0.5:
        image = tf.image.flip_left_right(image)
        box = tf.stack([1.0 - box[0], box[1], 1.0 - box[2], box[3]])
    image = tf.image.random_brightness(image, 20.0)
    image = tf.image.random_contrast(image, 0.8, 1.2)
    return tf.clip_by_value(image, 0.0, 255.0), tf.clip_by_value(box, 0.0, 1.0)


def encode(image, box):
    image = tf.image.per_image_standardization(tf.cast(image, tf.float32))
    centre = (box[:2] + box[2:]) / 2.0
    shift = (centre - 0.5) / ANCHOR
    stretch = tf.math.log((box[2:] - box[:2]) / ANCHOR)  # whynan: degenerate_box phase=data also=log_of_negative,nan_in_label
    return image, tf.concat([shift, stretch], axis=0)


def decode(code):
    centre = code[:, :2] * ANCHOR + 0.5
    half = tf.exp(tf.clip_by_value(code[:, 2:], -4.0, 2.0)) * ANCHOR / 2.0
    return tf.concat([centre - half, centre + half], axis=1)


def pipeline(images, boxes, training):
    ds = tf.data.Dataset.from_tensor_slices((images, boxes))
    if training:
        ds = ds.shuffle(len(images), seed=4).map(augment)
    return ds.map(encode).batch(BATCH, drop_remainder=training).prefetch(1)


def box_loss(y_true, y_pred):
    where = keras.losses.huber(y_true[:, :2], y_pred[:, :2], delta=1.0)
    size = keras.losses.huber(y_true[:, 2:], y_pred[:, 2:], delta=0.5)
    return where + 2.0 * size


def mean_iou(y_true, y_pred):
    a, b = decode(y_true), decode(y_pred)
    overlap = tf.maximum(tf.minimum(a[:, 2:], b[:, 2:]) - tf.maximum(a[:, :2], b[:, :2]), 0.0)
    both = tf.reduce_prod(overlap, axis=1)
    area = tf.reduce_prod(a[:, 2:] - a[:, :2], axis=1) + tf.reduce_prod(b[:, 2:] - b[:, :2], axis=1)
    return tf.math.divide_no_nan(both, area - both)


def conv_block(x, filters):
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(max_value=6.0)(x)
    return layers.MaxPooling2D()(x)


def detector():
    inputs = keras.Input((SIDE, SIDE, 3))
    x = inputs
    for filters in (16, 32, 48):
        x = conv_block(x, filters)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(4, kernel_initializer=keras.initializers.RandomNormal(0.0, 0.01))(x))


if __name__ == "__main__":
    print("anchor", ANCHOR, "smallest box", (train_boxes[:, 2:] - train_boxes[:, :2]).min())
    model = detector()
    schedule = keras.optimizers.schedules.PiecewiseConstantDecay([30, 60], [5e-4, 1e-3, 3e-4])
    model.compile(keras.optimizers.Adam(schedule, global_clipnorm=5.0), loss=box_loss, metrics=[mean_iou])
    model.fit(pipeline(train_images, train_boxes, True), validation_data=pipeline(val_images, val_boxes, False),
              epochs=4, verbose=2)
