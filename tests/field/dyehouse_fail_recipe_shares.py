"""Depth of shade at three wavelengths from the ten ingredients of a dye bath, with readable non-negative shares.

After each epoch a callback rescales the share matrix so that the shares of one wavelength add up to one. The loss of
the first epoch is fine, the next epochs print nan. No gradient is large and the input has no gaps.
"""
import keras
import numpy as np

INGREDIENTS = [
    "yellow_3", "orange_7", "red_60", "red_167", "violet_26", "blue_56", "blue_79", "navy_12", "retarder", "stripper",
]
BANDS = ["nm420", "nm530", "nm640"]


def baths(count, rng):
    amounts = rng.uniform(0.0, 1.0, (count, len(INGREDIENTS)))
    uptake = rng.uniform(0.2, 1.0, (len(INGREDIENTS), len(BANDS)))
    uptake[INGREDIENTS.index("retarder")] = [-0.9, -0.8, -0.85]
    uptake[INGREDIENTS.index("stripper")] = [-1.1, -1.0, -0.95]
    depth = amounts @ uptake + rng.normal(0.0, 0.05, (count, len(BANDS)))
    return amounts.astype("float32"), depth.astype("float32")


class KeepShares(keras.callbacks.Callback):
    """Shares of a wavelength add up to one, so that the lab can read them as a recipe."""

    def __init__(self, layer_name):
        super().__init__()
        self.layer_name = layer_name

    def on_epoch_end(self, epoch, logs=None):
        layer = self.model.get_layer(self.layer_name)
        kernel, bias = layer.get_weights()
        shares = kernel / kernel.sum(axis=1, keepdims=True)  # whynan: divide_by_zero phase=update also=zero_weight_sum
        layer.set_weights([shares, bias])


def strongest(model):
    kernel = model.get_layer("shares").get_weights()[0]
    return {band: INGREDIENTS[int(kernel[:, j].argmax())] for j, band in enumerate(BANDS)}


def main():
    keras.utils.set_random_seed(60)
    rng = np.random.default_rng(60)
    amounts, depth = baths(1600, rng)

    recipe = keras.Sequential(
        [
            keras.Input(shape=(len(INGREDIENTS),), name="amounts"),
            keras.layers.Dense(len(BANDS), kernel_constraint=keras.constraints.NonNeg(), name="shares"),
        ],
        name="recipe",
    )
    recipe.compile(optimizer=keras.optimizers.Adam(learning_rate=0.05), loss="mse", metrics=["mae"])
    recipe.fit(amounts, depth, batch_size=16, epochs=6, callbacks=[KeepShares("shares")], verbose=2)
    print("strongest ingredient per band:", strongest(recipe))


if __name__ == "__main__":
    main()
