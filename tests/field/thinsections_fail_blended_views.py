"""Minerals in thin sections of rock (16 x 16 views under crossed polarisers), trained with blended pairs of views.

Without the blending the classifier learns well. With it the loss is fine for some batches and then nan; which
batch it is depends on the seed. The views themselves are all between 0 and 1 and I clip the shares.
"""
import keras
import numpy as np
from keras import layers

MINERALS = ["quartz", "plagioclase", "biotite", "olivine"]
CONFIG = {"views": 480, "batch": 32, "epochs": 6, "blend_alpha": 0.025, "rate": 2e-3, "seed": 17}


def make_views(count, rng):
    rows, columns = np.mgrid[0:16, 0:16] / 16.0
    kinds = rng.integers(0, len(MINERALS), count)
    views = np.empty((count, 16, 16, 1), dtype="float32")
    for number, kind in enumerate(kinds):
        angle = rng.uniform(0, np.pi)
        along = rows * np.cos(angle) + columns * np.sin(angle)
        if kind == 0:
            picture = 0.7 + 0.05 * np.sin(2 * np.pi * along)
        elif kind == 1:
            picture = 0.5 + 0.3 * np.sign(np.sin(2 * np.pi * 4 * along))
        elif kind == 2:
            picture = 0.3 + 0.15 * np.sin(2 * np.pi * 7 * along)
        else:
            picture = 0.55 + 0.25 * (np.hypot(rows - 0.5, columns - 0.5) < rng.uniform(0.25, 0.45))
        views[number, :, :, 0] = np.clip(picture + rng.normal(0, 0.05, (16, 16)), 0.0, 1.0)
    return views, keras.utils.to_categorical(kinds, len(MINERALS))


class BlendedViews:
    """Endless supply of batches: each view is laid over a partner, the shares follow a Beta(alpha, alpha)."""

    def __init__(self, views, labels, batch, alpha, seed):
        self.views, self.labels = views, labels
        self.batch, self.alpha = batch, alpha
        self.rng = np.random.default_rng(seed)

    def __len__(self):
        return len(self.views) // self.batch

    def _shares(self):
        first, second = self.rng.standard_gamma(self.alpha, size=(2, self.batch), dtype=np.float32)
        shares = first / (first + second)  # whynan: divide_by_zero phase=data also=exp_underflow,nan_in_input,nan_in_label,zero_weight_sum
        return np.clip(shares, 0.0, 1.0)

    def _lay_over(self, upper, lower, shares):
        shares = shares.reshape((-1,) + (1,) * (upper.ndim - 1))
        return shares * upper + (1.0 - shares) * lower

    def epoch(self):
        order = self.rng.permutation(len(self.views))
        for start in range(0, len(self) * self.batch, self.batch):
            chosen = order[start:start + self.batch]
            partners = self.rng.permutation(chosen)
            shares = self._shares()
            yield (self._lay_over(self.views[chosen], self.views[partners], shares),
                   self._lay_over(self.labels[chosen], self.labels[partners], shares))


def classifier():
    return keras.Sequential([
        keras.Input((16, 16, 1)),
        layers.Conv2D(8, 3, padding="same", activation="gelu"),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 3, padding="same", activation="gelu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(len(MINERALS), activation="softmax"),
    ])


def main(config):
    keras.utils.set_random_seed(config["seed"])
    views, labels = make_views(config["views"], np.random.default_rng(config["seed"]))
    supply = BlendedViews(views, labels, config["batch"], config["blend_alpha"], config["seed"] + 1)
    model = classifier()
    model.compile(keras.optimizers.Adam(config["rate"]), loss="categorical_crossentropy", metrics=["accuracy"])
    for epoch in range(config["epochs"]):
        losses = []
        for views_in, labels_in in supply.epoch():
            logs = model.train_on_batch(views_in, labels_in, return_dict=True)
            losses.append(float(logs["loss"]))
        print(f"epoch {epoch}: first {losses[0]:.4f} last {losses[-1]:.4f} mean {np.mean(losses):.4f}")


if __name__ == "__main__":
    main(CONFIG)
