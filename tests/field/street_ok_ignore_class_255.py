"""Road segmentation with void pixels = 255. int labels out of range, but ignore_class is set."""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(92)
VOID, CLASSES, SIZE = 255, 3, 24


def scenes(n=120):
    rng = np.random.default_rng(15)
    masks = np.zeros((n, SIZE, SIZE), "uint8")
    for m in masks:
        horizon = rng.integers(6, 14)
        m[horizon:] = 1
        left = rng.integers(2, 10)
        m[horizon + 2:, left:left + 8] = 2
        m[horizon] = VOID  # annotators do not label borders
    masks[:, :1, :] = VOID  # letterbox
    palette = np.array([[120, 170, 240], [90, 130, 70], [110, 110, 110]], "float32")
    images = palette[np.where(masks == VOID, 0, masks)] + rng.normal(0, 20, (n, SIZE, SIZE, 3))
    return images.clip(0, 255).astype("uint8"), masks


def augment(image, mask):
    flip = tf.random.uniform([], seed=1) > 0.5
    image = tf.cond(flip, lambda: tf.reverse(image, [1]), lambda: image)
    mask = tf.cond(flip, lambda: tf.reverse(mask, [1]), lambda: mask)
    return tf.cast(image, tf.float32), tf.cast(mask, tf.int32)


def unet_tiny():
    inputs = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0)(inputs)
    skip = keras.layers.Conv2D(12, 3, padding="same", activation="relu")(x)
    x = keras.layers.MaxPooling2D()(skip)
    x = keras.layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = keras.layers.UpSampling2D()(x)
    x = keras.layers.Concatenate()([x, skip])
    return keras.Model(inputs, keras.layers.Conv2D(CLASSES, 1)(x))


images, masks = scenes()
print("labels:", np.unique(masks))
train = tf.data.Dataset.from_tensor_slices((images, masks)).map(augment).shuffle(120, seed=0).batch(12)
model = unet_tiny()
model.compile(
    optimizer="adam",
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=VOID),
)
model.fit(train, epochs=4, verbose=2)
