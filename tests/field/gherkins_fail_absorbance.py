# x-ray line at the pickle factory: is there a glass splinter in the jar?
# detector gives 8 bit images, we work in absorbance (Beer-Lambert) like the vendor does

import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

H = W = 28
N = 720


def shoot_jar(splinter):
    beam = rng.normal(216, 16)
    yy, xx = np.mgrid[0:H, 0:W]
    jar = ((np.abs(xx - W / 2) < 9) & (np.abs(yy - H / 2) < 11)).astype(float)
    thickness = jar * (0.7 + 0.15 * np.sin(xx / 2.3 + rng.uniform(0, 6)) * np.cos(yy / 3.1))
    if splinter:
        r, c = rng.integers(6, 21), rng.integers(8, 19)
        thickness[r:r + 2, c:c + 2] += 0.9
    image = beam * np.exp(-thickness) + rng.normal(0, 3.5, (H, W))
    return np.clip(image, 0, 255).astype(np.uint8)


labels = (rng.random(N) < 0.4).astype("int32")
scans = np.stack([shoot_jar(s) for s in labels])[..., None]
print("scans", scans.shape, scans.dtype, "from", scans.min(), "to", scans.max())


def augment(scan, label):
    scan = tf.image.random_flip_left_right(scan)
    scan = tf.image.random_flip_up_down(scan)
    return scan, label


def absorbance(scan, label):
    return -tf.math.log(tf.cast(scan + 1, tf.float32) / 256.0), label  # whynan: int_overflow phase=data also=log_of_zero,inf_in_input


n_train = 600
train_ds = (
    tf.data.Dataset.from_tensor_slices((scans[:n_train], labels[:n_train]))
    .shuffle(n_train, seed=5)
    .map(augment, num_parallel_calls=2)
    .map(absorbance, num_parallel_calls=2)
    .batch(40)
    .prefetch(1)
)
test_ds = (
    tf.data.Dataset.from_tensor_slices((scans[n_train:], labels[n_train:]))
    .map(absorbance)
    .batch(40)
)

model = keras.Sequential(
    [
        keras.Input((H, W, 1)),
        keras.layers.Conv2D(8, 3, activation="swish"),
        keras.layers.AveragePooling2D(2),
        keras.layers.Conv2D(16, 3, activation="swish"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(16, activation="swish"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss="binary_crossentropy",
    metrics=["accuracy"],
)
model.fit(train_ds, epochs=4, verbose=2)
print(model.evaluate(test_ds, verbose=0, return_dict=True))
