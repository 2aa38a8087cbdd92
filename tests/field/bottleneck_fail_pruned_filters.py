"""Transfer learning on cached bottleneck features of our own (pruned) backbone."""
import logging

import keras
import numpy as np

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("transfer")
keras.utils.set_random_seed(8)

CFG = {"size": 20, "filters": (8, 16), "prune": 0.25, "classes": 3, "epochs": 4}


def make_backbone(cfg):
    return keras.Sequential([
        keras.Input((cfg["size"], cfg["size"], 1)),
        keras.layers.Conv2D(cfg["filters"][0], 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(cfg["filters"][1], 3, activation="relu", name="top_conv"),
        keras.layers.GlobalAveragePooling2D(),
    ], name="backbone")


def prune_filters(layer, ratio):
    """Magnitude pruning: the weakest filters are switched off."""
    kernel, bias = layer.get_weights()
    strength = np.abs(kernel).sum(axis=(0, 1, 2))
    weakest = np.argsort(strength)[: int(ratio * len(strength))]
    kernel[..., weakest] = 0.0
    bias[weakest] = 0.0
    layer.set_weights([kernel, bias])
    return weakest


class BottleneckCache:
    def __init__(self, backbone):
        self.backbone = backbone
        self.stats = None

    def _standardise(self, feats):
        mu, sd = self.stats
        return (feats - mu) / sd  # whynan: zero_variance_normalisation phase=data also=divide_by_zero,nan_in_input

    def fit_transform(self, images):
        feats = self.backbone.predict(images, batch_size=64, verbose=0)
        self.stats = feats.mean(axis=0), feats.std(axis=0)
        log.info("cached %s features", feats.shape)
        return self._standardise(feats)

    def transform(self, images):
        return self._standardise(self.backbone.predict(images, verbose=0))


def textures(n, cfg):
    rng = np.random.default_rng(21)
    y = rng.integers(0, cfg["classes"], n)
    grid = np.arange(cfg["size"])
    waves = np.stack([np.sin(grid * (0.4 + 0.5 * k)) for k in range(cfg["classes"])])
    x = waves[y][:, :, None, None] + rng.normal(0, 0.4, (n, cfg["size"], cfg["size"], 1))
    return x.astype("float32"), y


backbone = make_backbone(CFG)
off = prune_filters(backbone.get_layer("top_conv"), CFG["prune"])
log.info("switched off %d filters", len(off))
backbone.trainable = False

images, labels = textures(384, CFG)
bottleneck = BottleneckCache(backbone).fit_transform(images)

head = keras.Sequential([
    keras.Input((bottleneck.shape[1],)),
    keras.layers.Dense(32, activation="gelu"),
    keras.layers.Dense(CFG["classes"], activation="softmax"),
])
head.compile("rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
head.fit(bottleneck, labels, epochs=CFG["epochs"], batch_size=32, verbose=2)
