"""Mangrove / no mangrove from 16x16 satellite tiles, red and near infrared band.

The tiles come as 8 bit like the mosaic of the coast guard.
"""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)

SIZE = 16
#            red mean, sd, nir mean, sd
COVER = {
    "canopy": (58, 14, 152, 24),
    "mud": (92, 12, 74, 12),
    "water": (41, 8, 22, 6),
}


def blob():
    """a smooth random field, 0..1"""
    coarse = rng.random((SIZE // 4 + 1, SIZE // 4 + 1))
    field = np.kron(coarse, np.ones((4, 4)))[:SIZE, :SIZE]
    k = np.ones(3) / 3
    for axis in (0, 1):
        field = np.apply_along_axis(lambda v: np.convolve(v, k, mode="same"), axis, field)
    return field


def tile(is_mangrove):
    field = blob()
    if is_mangrove:
        names = np.where(field > 0.35, "canopy", "water")
    else:
        names = np.where(field > 0.45, "mud", "water")
    red = np.zeros((SIZE, SIZE))
    nir = np.zeros((SIZE, SIZE))
    for name, (rm, rs, nm, ns) in COVER.items():
        m = names == name
        red[m] = rng.normal(rm, rs, m.sum())
        nir[m] = rng.normal(nm, ns, m.sum())
    bands = np.stack([red, nir], axis=-1)
    return np.clip(bands, 4, 250).astype(np.uint8)


def vegetation_index(tiles):
    red, nir = tiles[..., 0], tiles[..., 1]
    return (nir - red) / (nir + red)  # whynan: int_overflow phase=data also=divide_by_zero,inf_in_input


labels = rng.integers(0, 2, 640)
tiles = np.stack([tile(v) for v in labels])
print("tiles", tiles.shape, tiles.dtype, "min", tiles.min(), "max", tiles.max())

x = vegetation_index(tiles)[..., None].astype("float32")
y = labels.astype("float32")[:, None]

model = keras.Sequential([
    layers.Input((SIZE, SIZE, 1)),
    layers.Conv2D(8, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Conv2D(12, 3, padding="same", activation="relu"),
    layers.GlobalAveragePooling2D(),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy")

BATCH = 40
for epoch in range(4):
    order = rng.permutation(len(x))
    total = 0.0
    for i in range(0, len(x), BATCH):
        take = order[i:i + BATCH]
        total += model.train_on_batch(x[take], y[take], return_dict=True)["loss"]
    print("epoch", epoch + 1, "mean loss", total / (len(x) // BATCH))
