"""Crop yield from a season of NDVI tiles (one 12x12 tile per field and overpass).

Cloudy pixels are set to NaN and averaged away with nanmean, so there should be no
NaN left... yet the GRU gives nan loss somewhere in epoch 1.
"""
import math

import keras
import numpy as np

keras.utils.set_random_seed(77)

N_FIELDS, N_DATES, SIDE = 320, 14, 12


class Season:
    """Raw archive: red / nir reflectance and the cloud mask of every field."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.vigour = rng.uniform(0.3, 1.0, N_FIELDS)
        curve = np.sin(np.linspace(0.2, np.pi - 0.2, N_DATES))
        green = self.vigour[:, None] * curve
        shape = (N_FIELDS, N_DATES, SIDE, SIDE)
        self.red = np.clip(0.25 - 0.18 * green[..., None, None] + rng.normal(0, 0.01, shape), 0.02, 1.0)
        self.nir = np.clip(0.25 + 0.30 * green[..., None, None] + rng.normal(0, 0.01, shape), 0.02, 1.0)
        self.cloud = np.zeros(shape, bool)
        for f, d in zip(rng.integers(0, N_FIELDS, 900), rng.integers(0, N_DATES, 900)):
            r, c = rng.integers(0, SIDE - 4, 2)
            self.cloud[f, d, r:r + 6, c:c + 6] = True
        for f, d in ((23, 3), (140, 9), (141, 9), (266, 0)):      # a front passing over
            self.cloud[f, d] = True
        self.yield_t = (2.0 + 6.0 * self.vigour + rng.normal(0, 0.3, N_FIELDS)).astype("float32")


class FieldReader:
    """Turns the archive into one row of features per overpass."""

    def __init__(self, season):
        self.season = season

    def ndvi(self, field):
        red, nir = self.season.red[field], self.season.nir[field]
        out = np.full(red.shape, np.nan)
        np.divide(nir - red, nir + red, out=out, where=~self.season.cloud[field])
        return out

    def clear_fraction(self, field):
        return 1.0 - self.season.cloud[field].mean(axis=(1, 2))

    def profile(self, field):
        tiles = self.ndvi(field)
        return np.nanmean(tiles, axis=(1, 2))  # whynan: empty_reduction phase=data also=nan_in_input,divide_by_zero

    def features(self, field):
        profile = self.profile(field)
        slope = np.gradient(profile)
        return np.stack([profile, slope, self.clear_fraction(field)], axis=-1)


class FieldSequence(keras.utils.PyDataset):
    def __init__(self, reader, fields, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.reader, self.fields, self.batch_size = reader, np.asarray(fields), batch_size

    def __len__(self):
        return math.ceil(len(self.fields) / self.batch_size)

    def __getitem__(self, idx):
        chosen = self.fields[idx * self.batch_size:(idx + 1) * self.batch_size]
        x = np.stack([self.reader.features(f) for f in chosen])
        y = self.reader.season.yield_t[chosen] - 6.0
        return x.astype("float32"), y[:, None]


season = Season(5)
reader = FieldReader(season)
fields = np.random.permutation(N_FIELDS)
train = FieldSequence(reader, fields, 20)

inputs = keras.Input(shape=(N_DATES, 3))
h = keras.layers.GRU(24)(inputs)
h = keras.layers.Dense(16, activation="tanh")(h)
outputs = keras.layers.Dense(1)(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mae")
model.fit(train, epochs=4, verbose=2)
