"""Lake turbidity from eight satellite bands, network refuses to learn.

Loss is 1.0 in the first epoch and 1.0 in the last one, predictions are all the same number. No nan in the arrays, no nan in
the loss. I tried three learning rates and a wider layer. The bands come from a NetCDF export, a few cloudy pixels in it.
"""
# whynan: unstable
import io

import keras
import numpy as np

keras.utils.set_random_seed(14)
BANDS = ("443", "490", "560", "665", "705", "740", "783", "865")
NC_FILL_FLOAT = np.float32(9.9692099683868690e36)


def export(n=1200):
    """What the download tool leaves in the archive."""
    rng = np.random.default_rng(14)
    turbidity = rng.lognormal(1.4, 0.8, n)
    response = np.array([0.1, 0.2, 0.5, 0.8, 0.7, 0.4, 0.35, 0.2])
    base = np.array([0.030, 0.034, 0.040, 0.028, 0.022, 0.012, 0.011, 0.008])
    saturation = turbidity / (turbidity + 12.0)
    bands = base * (1.0 + 2.5 * response * saturation[:, None]) * rng.normal(1.0, 0.04, (n, len(BANDS)))
    bands = bands.astype("float32")
    cloudy = rng.choice(n, 14, replace=False)
    bands[cloudy] = NC_FILL_FLOAT
    archive = io.BytesIO()
    np.savez(archive, reflectance=bands, turbidity=turbidity.astype("float32"))
    archive.seek(0)
    return archive


class BandScaler:
    def fit(self, x):
        self.mean = x.mean(axis=0)
        self.std = x.std(axis=0)
        return self

    def transform(self, x):
        return (x - self.mean) / self.std


def load():
    with np.load(export()) as archive:
        bands, turbidity = archive["reflectance"], archive["turbidity"]
    x = BandScaler().fit(bands).transform(bands)
    y = np.log(turbidity)
    y = (y - y.mean()) / y.std()
    assert np.isfinite(x).all() and np.isfinite(y).all()
    return x, y[:, None]


def build():
    bands = keras.Input((len(BANDS),), name="bands")
    z = keras.layers.Dense(32, activation="relu")(bands)
    z = keras.layers.Dense(16, activation="relu")(z)
    return keras.Model(bands, keras.layers.Dense(1)(z))


x, y = load()
model = build()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
history = model.fit(x, y, batch_size=40, epochs=8, validation_split=0.2, verbose=2)
print("spread of the predictions:", float(model.predict(x, verbose=0).std()))
