"""Stress detection in mulberry plots from drone chips (8 bit NIR + red camera)."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(33)
rng = np.random.default_rng(33)
SIZE = 16


def blobs(count):
    """Soft crown pattern between 0 and 1."""
    yy, xx = np.mgrid[:SIZE, :SIZE]
    out = np.zeros((count, SIZE, SIZE))
    for _ in range(4):
        cx, cy = rng.uniform(0, SIZE, (2, count))
        r2 = (xx[None] - cx[:, None, None]) ** 2 + (yy[None] - cy[:, None, None]) ** 2
        out = np.maximum(out, np.exp(-r2 / 14.0))
    return out


def shoot(count):
    stressed = rng.integers(0, 2, count)
    crown = blobs(count)
    vigour = np.where(stressed == 1, 0.75, 1.0)[:, None, None]
    nir = 95 + 75 * crown * vigour + rng.normal(0, 12, crown.shape)
    red = 105 - 45 * crown * vigour + rng.normal(0, 10, crown.shape)
    to8 = lambda a: np.clip(np.rint(a), 8, 250).astype(np.uint8)
    return to8(nir), to8(red), stressed.astype("float32")


def to_cube(nir, red):
    ndvi = (nir - red) / (nir + red)  # whynan: int_overflow phase=data also=divide_by_zero,inf_in_input
    return np.stack([nir / 255.0, red / 255.0, ndvi], axis=-1).astype("float32")


def augmented(cubes, labels, batch):
    while True:
        idx = rng.integers(0, len(cubes), batch)
        x = cubes[idx].copy()
        for j in range(batch):
            x[j] = np.rot90(x[j], rng.integers(0, 4))
            if rng.random() < 0.5:
                x[j] = x[j, :, ::-1]
        yield x, labels[idx]


nir, red, label = shoot(640)
cubes = to_cube(nir, red)
train_x, train_y = cubes[:512], label[:512]
val_x, val_y = cubes[512:], label[512:]

cnn = keras.Sequential([
    layers.Input((SIZE, SIZE, 3)),
    layers.Conv2D(12, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(16, 3, padding="same", activation="relu"),
    layers.GlobalAveragePooling2D(),
    layers.Dropout(0.2),
    layers.Dense(1, activation="sigmoid"),
])
cnn.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy"])
cnn.fit(
    augmented(train_x, train_y, 32),
    steps_per_epoch=16,
    epochs=6,
    validation_data=(val_x, val_y),
    verbose=2,
)
print(cnn.evaluate(val_x, val_y, verbose=0))
