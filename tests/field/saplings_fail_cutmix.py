import math

import numpy as np
import keras
from keras import layers

SIZE = 32
SPECIES = ("maple", "birch", "oak")


def draw_sapling(kind, rng):
    """A leafy blob on soil, plus the mask of plant pixels from the annotators."""
    yy, xx = np.mgrid[:SIZE, :SIZE]
    cy, cx = rng.integers(6, SIZE - 6, 2)
    r = rng.uniform(3, 6)
    ang = np.arctan2(yy - cy, xx - cx)
    dist = np.hypot(yy - cy, xx - cx)
    lobes = (5, 0, 8)[kind]
    mask = dist <= r * (1 + 0.25 * np.cos(lobes * ang))
    soil = np.array([0.42, 0.33, 0.25]) + rng.normal(0, 0.04, (SIZE, SIZE, 3))
    green = np.array([(0.35, 0.6, 0.2), (0.5, 0.65, 0.3), (0.2, 0.45, 0.15)][kind])
    leaf = green + rng.normal(0, 0.05, (SIZE, SIZE, 3))
    img = np.where(mask[..., None], leaf, soil)
    return np.clip(img, 0, 1).astype("float32"), mask


class CutMixNursery(keras.utils.PyDataset):
    """CutMix; the label shares follow the plant pixels that stay visible."""

    def __init__(self, images, masks, onehot, batch_size=32, alpha=1.0, seed=0, **kw):
        super().__init__(**kw)
        self.images, self.masks, self.onehot = images, masks, onehot
        self.batch_size = batch_size
        self.alpha = alpha
        self.rng = np.random.default_rng(seed)
        self.order = self.rng.permutation(len(images))

    def __len__(self):
        return math.ceil(len(self.images) / self.batch_size)

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.images))

    def _box(self):
        cut = SIZE * math.sqrt(1.0 - self.rng.beta(self.alpha, self.alpha))
        cy, cx = self.rng.integers(0, SIZE, 2)
        top, left = max(0, int(cy - cut / 2)), max(0, int(cx - cut / 2))
        bottom, right = min(SIZE, int(cy + cut / 2)), min(SIZE, int(cx + cut / 2))
        return slice(top, bottom), slice(left, right)

    def _mix(self, i, j):
        rows, cols = self._box()
        img = self.images[i].copy()
        img[rows, cols] = self.images[j][rows, cols]
        own = self.masks[i].sum() - self.masks[i][rows, cols].sum()
        pasted = self.masks[j][rows, cols].sum()
        label = (own * self.onehot[i] + pasted * self.onehot[j]) / (own + pasted)  # whynan: zero_weight_sum phase=data also=nan_in_input,nan_in_label,divide_by_zero
        return img, label

    def __getitem__(self, idx):
        chosen = self.order[idx * self.batch_size:(idx + 1) * self.batch_size]
        partners = self.rng.integers(0, len(self.images), len(chosen))
        pairs = [self._mix(i, j) for i, j in zip(chosen, partners)]
        return np.stack([p[0] for p in pairs]), np.stack([p[1] for p in pairs]).astype("float32")


def build():
    return keras.Sequential([
        keras.Input((SIZE, SIZE, 3)),
        layers.Conv2D(12, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(24, 3, strides=2, padding="same", activation="relu"),
        layers.GlobalMaxPooling2D(),
        layers.Dense(len(SPECIES), activation="softmax"),
    ])


if __name__ == "__main__":
    keras.utils.set_random_seed(77)
    rng = np.random.default_rng(77)
    kinds = rng.integers(0, len(SPECIES), 480)
    imgs, masks = zip(*[draw_sapling(k, rng) for k in kinds])
    train = CutMixNursery(np.stack(imgs), np.stack(masks),
                          keras.utils.to_categorical(kinds, len(SPECIES)), seed=78)
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="categorical_crossentropy",
                  metrics=["accuracy"])
    model.fit(train, epochs=6, verbose=2)
