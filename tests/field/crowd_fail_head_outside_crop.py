"""Crowd counting from density maps, trained on random crops of a few large annotated scenes.

Crops are checked with np.isfinite in the generator and the pixel range is 0..1.
fit prints loss: nan almost at once. Lower rate, smaller net, other optimizer: no change.
"""
import keras
import numpy as np

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

SCENE, CROP, SIGMA = 240, 48, 1.5
MARGIN = 24  # a head just beyond the edge still spills some density into the crop


class Scene:
    def __init__(self, n_heads):
        self.heads = rng.uniform(4, SCENE - 4, (n_heads, 2)).astype(np.float32)
        yy, xx = np.mgrid[0:SCENE, 0:SCENE].astype(np.float32)
        picture = 0.7 + 0.05 * rng.normal(size=(SCENE, SCENE)).astype(np.float32)
        for cy, cx in self.heads:
            picture -= 0.5 * np.exp(-((yy - cy) ** 2 + (xx - cx) ** 2) / 18.0)
        self.picture = np.clip(picture, 0.0, 1.0)

    def crop(self):
        top, left = rng.integers(0, SCENE - CROP, 2)
        window = self.picture[top:top + CROP, left:left + CROP]
        local = self.heads - np.array([top, left], dtype=np.float32)
        inside = np.all((local > -MARGIN) & (local < CROP + MARGIN), axis=1)
        return window, local[inside]


GRID_Y, GRID_X = np.mgrid[0:CROP, 0:CROP].astype(np.float32)


def density_map(points):
    """Every head contributes a Gaussian that integrates to one, so that the map sums to the count."""
    total = np.zeros((CROP, CROP), dtype=np.float32)
    for cy, cx in points:
        blob = np.exp(-((GRID_Y - cy) ** 2 + (GRID_X - cx) ** 2) / (2 * SIGMA**2))
        total += blob / blob.sum()  # whynan: exp_underflow phase=data also=divide_by_zero,nan_in_label
    return total


def batches(scenes, size):
    while True:
        images, maps = [], []
        for _ in range(size):
            image, points = scenes[rng.integers(len(scenes))].crop()
            assert np.isfinite(image).all()
            images.append(image[..., None])
            maps.append(density_map(points)[..., None])
        yield np.stack(images), np.stack(maps)


def build_counter():
    inputs = keras.Input((CROP, CROP, 1))
    x = keras.layers.Conv2D(12, 5, padding="same", activation="relu")(inputs)
    x = keras.layers.Conv2D(12, 3, padding="same", activation="relu")(x)
    x = keras.layers.Conv2D(12, 3, padding="same", dilation_rate=2, activation="relu")(x)
    return keras.Model(inputs, keras.layers.Conv2D(1, 1)(x))


if __name__ == "__main__":
    scenes = [Scene(n) for n in (45, 60, 80)]
    counter = build_counter()
    counter.compile(keras.optimizers.Adam(1e-3), loss="mse")
    counter.fit(batches(scenes, 4), steps_per_epoch=12, epochs=3, verbose=2)

    image, points = scenes[0].crop()
    found = counter.predict(image[None, ..., None], verbose=0).sum()
    print("heads in this crop about", len(points), "- predicted", found)
