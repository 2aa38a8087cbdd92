"""Sorting plastic flakes with a near infrared line camera (uint16 counts, dark and white reference).

loss: nan at once, and accuracy 0.25. The raw counts look beautiful when plotted, the white reference is brighter than nearly
all flakes, so there is no division by zero in the calibration.
"""
import keras
import numpy as np

keras.utils.set_random_seed(19)

BANDS = 96
POLYMERS = ["PET", "PE", "PP", "PVC"]


class LineCamera:
    """Simulated recorder: returns counts as they come out of the 14 bit sensor."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        band = np.arange(BANDS)
        self.dark = (600 + 40 * np.sin(band / 9.0)).astype(np.uint16)
        self.white = (9800 + 1500 * np.exp(-(((band - 50) / 30.0) ** 2))).astype(np.uint16)

    def record(self, n):
        band = np.arange(BANDS)
        label = self.rng.integers(0, len(POLYMERS), n)
        dips = np.array([[20, 61], [34, 70], [30, 66], [45, 84]])[label]
        depth = self.rng.uniform(0.15, 0.35, (n, 2))
        level = self.rng.uniform(0.5, 0.85, (n, 1))
        r = level * np.ones((n, BANDS))
        for k in range(2):
            r -= depth[:, k : k + 1] * level * np.exp(-(((band - dips[:, k : k + 1]) / 5.0) ** 2))
        shiny = self.rng.random(n) < 0.03
        r[shiny, 48:56] += 0.8
        counts = self.dark + r * (self.white.astype(float) - self.dark) + self.rng.normal(0, 12, (n, BANDS))
        return counts.round().astype(np.uint16), label.astype("int32")


def to_reflectance(cube, dark, white):
    """Flat field correction, line by line because the real cubes do not fit into memory twice."""
    out = np.empty_like(cube)
    for i, line in enumerate(cube):
        out[i] = (line - dark) / (white - dark)
    return out


def snv(spectra):
    """Standard normal variate: removes the level and the contrast of every single spectrum."""
    mean = spectra.mean(axis=1, keepdims=True)
    return (spectra - mean) / spectra.std(axis=1, keepdims=True)  # whynan: zero_variance_normalisation phase=data also=divide_by_zero,nan_in_input


class Flakes(keras.utils.PyDataset):
    def __init__(self, x, y, batch=32, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch = x, y, batch

    def __len__(self):
        return len(self.x) // self.batch

    def __getitem__(self, index):
        part = slice(index * self.batch, (index + 1) * self.batch)
        return self.x[part, :, None], self.y[part]


camera = LineCamera(seed=19)
counts, labels = camera.record(640)
spectra = snv(to_reflectance(counts, camera.dark, camera.white)).astype("float32")

model = keras.Sequential(
    [
        keras.Input((BANDS, 1)),
        keras.layers.Conv1D(12, 7, strides=2, activation="swish"),
        keras.layers.Conv1D(16, 5, strides=2, activation="swish"),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(len(POLYMERS)),
    ]
)
model.compile(
    optimizer="adam",
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(Flakes(spectra, labels), epochs=3, verbose=2)
