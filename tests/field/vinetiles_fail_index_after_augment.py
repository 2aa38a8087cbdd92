"""Drone tiles of vineyards, four bands (blue, green, red, nir): healthy, dry or mildew.

model.evaluate before training: loss 1.3, fine. model.predict: fine. model.fit: loss nan at the first batch. There is no
nan and no zero anywhere in the array (minimum reflectance is 0.02), I print it. Removing the augmentation "fixes" it
but then it overfits badly.
"""
import keras
import numpy as np
from keras import layers

CLASSES = ("healthy", "dry", "mildew")
SETUP = {
    "data": {"count": 180, "size": 32, "seed": 40},
    "augment": {"shift": 0.1, "flip": "horizontal_and_vertical"},
    "train": {"batch_size": 20, "epochs": 3},
}


# ---------------------------------------------------------------- tiles
class TileFactory:
    # mean reflectance of leaves per class, then of the bare soil between the rows
    LEAF = np.array([[0.04, 0.10, 0.05, 0.48], [0.06, 0.12, 0.11, 0.33], [0.09, 0.15, 0.10, 0.40]])
    SOIL = np.array([0.09, 0.13, 0.18, 0.24])

    def __init__(self, count, size, seed):
        self.rng = np.random.default_rng(seed)
        self.count, self.size = count, size

    def one(self, label):
        phase, period = self.rng.uniform(0, 8), self.rng.uniform(6, 10)
        rows = (np.sin(2 * np.pi * (np.arange(self.size) + phase) / period) > -0.2)[:, None]
        rows = rows & (self.rng.random((self.size, self.size)) > 0.1)
        tile = np.where(rows[..., None], self.LEAF[label], self.SOIL)
        tile = tile * self.rng.lognormal(0.0, 0.08, tile.shape)
        return np.clip(tile, 0.02, 1.0)

    def make(self):
        labels = self.rng.integers(0, len(CLASSES), self.count)
        tiles = np.stack([self.one(k) for k in labels]).astype("float32")
        return tiles, labels.astype("int64")


# ---------------------------------------------------------------- layers
class VegetationIndices(layers.Layer):
    """Appends NDVI, EVI and SAVI as channels."""

    def __init__(self, soil=0.5, **kwargs):
        super().__init__(**kwargs)
        self.soil = soil

    def call(self, bands):
        blue, red, nir = bands[..., 0:1], bands[..., 2:3], bands[..., 3:4]
        ndvi = (nir - red) / (nir + red)  # whynan: divide_by_zero phase=forward
        evi = 2.5 * (nir - red) / (nir + 6.0 * red - 7.5 * blue + 1.0)
        savi = (1.0 + self.soil) * (nir - red) / (nir + red + self.soil)
        return keras.ops.concatenate([bands, ndvi, evi, savi], axis=-1)

    def compute_output_shape(self, shape):
        return (*shape[:-1], shape[-1] + 3)


def augmentation(shift, flip):
    return keras.Sequential([
        layers.RandomFlip(flip, seed=1),
        layers.RandomTranslation(shift, shift, fill_mode="constant", seed=2),
    ], name="augmentation")


def classifier(size, augment):
    tile = keras.Input((size, size, 4), name="tile")
    x = augmentation(**augment)(tile)
    x = VegetationIndices(name="indices")(x)
    for filters in (12, 16):
        x = layers.Conv2D(filters, 3, padding="same")(x)
        x = layers.BatchNormalization(epsilon=1e-3)(x)
        x = layers.Activation("swish")(x)
        x = layers.AveragePooling2D(2)(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(tile, layers.Dense(len(CLASSES))(x), name="vine_health")


def check(tiles):
    print("nan:", int(np.isnan(tiles).sum()), "min:", float(tiles.min()), "max:", float(tiles.max()))
    assert (tiles > 0).all()


if __name__ == "__main__":
    keras.utils.set_random_seed(SETUP["data"]["seed"])
    tiles, labels = TileFactory(**SETUP["data"]).make()
    check(tiles)

    model = classifier(SETUP["data"]["size"], SETUP["augment"])
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3, epsilon=1e-7),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    print("before:", model.evaluate(tiles[:40], labels[:40], verbose=0))
    model.fit(tiles, labels, verbose=2, callbacks=[keras.callbacks.EarlyStopping("loss", patience=2)], **SETUP["train"])
