# Finding the doormat on the porch (binary segmentation). Mats are small on some photos
# and large on others, so each photo gets pixel weights: mat and floor count half each.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(7)
SIZE = 48
BATCH = 32


def make_photos(n, seed):
    r = np.random.default_rng(seed)
    photos = np.empty((n, SIZE, SIZE, 3), np.uint8)
    masks = np.zeros((n, SIZE, SIZE, 1), np.uint8)
    for i in range(n):
        floor = r.integers(60, 140, size=3)
        photo = floor + r.normal(0, 12, (SIZE, SIZE, 3))
        short = int(r.integers(7, 17))
        h, w = (short, 2 * short) if r.random() < 0.5 else (2 * short, short)
        top = int(r.integers(0, SIZE - h + 1))
        left = int(r.integers(0, SIZE - w + 1))
        photo[top:top + h, left:left + w] = 225 + r.normal(0, 8, (h, w, 3))
        # crumbs and stains
        for _ in range(int(r.integers(1, 10))):
            py = top + int(r.integers(1, h - 2))
            px = left + int(r.integers(1, w - 2))
            photo[py:py + 2, px:px + 2] = 30
        photos[i] = np.clip(photo, 0, 255)
        masks[i, top:top + h, left:left + w] = 1
    return photos, masks


def prepare(photo, mask):
    photo = tf.cast(photo, tf.float32) / 255.0
    m = tf.cast(mask, tf.float32)
    mat = m / tf.cast(tf.reduce_sum(mask), tf.float32)  # whynan: int_overflow phase=data also=divide_by_zero
    floor = (1.0 - m) / tf.reduce_sum(1.0 - m)
    weight = 0.5 * SIZE * SIZE * (mat + floor)
    return photo, m, tf.squeeze(weight, -1)


def unet():
    inp = keras.Input((SIZE, SIZE, 3))
    a = layers.Conv2D(8, 3, padding="same", activation="swish")(inp)
    b = layers.MaxPooling2D()(a)
    b = layers.Conv2D(16, 3, padding="same", activation="swish")(b)
    c = layers.MaxPooling2D()(b)
    c = layers.Conv2D(24, 3, padding="same", activation="swish")(c)
    u = layers.UpSampling2D()(c)
    u = layers.Concatenate()([u, b])
    u = layers.Conv2D(16, 3, padding="same", activation="swish")(u)
    u = layers.UpSampling2D()(u)
    u = layers.Concatenate()([u, a])
    out = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(u)
    return keras.Model(inp, out)


if __name__ == "__main__":
    photos, masks = make_photos(480, seed=11)
    train = (
        tf.data.Dataset.from_tensor_slices((photos, masks))
        .shuffle(480, seed=3)
        .map(prepare, num_parallel_calls=2)
        .batch(BATCH)
        .prefetch(1)
    )
    net = unet()
    net.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy")
    hist = net.fit(train, epochs=3, verbose=2)
    print("final loss", hist.history["loss"][-1])
