"""Fat content of raw milk from the near infrared spectrum, as a first baseline only one Dense layer.

Spectra and target are standardised (checked: mean 0, std 1, no outliers, nothing missing), optimizer is the default
one from the tutorial. The loss is an absurdly big number after the first epoch, some epochs later it is inf and then nan.
Scikit-learn's Ridge gets R2 = 0.97 on the same arrays.
"""
import json

import keras
import numpy as np
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

RUN = json.loads("""
{
  "seed": 8,
  "spectra": {"samples": 360, "points": 240, "first_nm": 1100, "last_nm": 1850},
  "model": {"units": 1, "initializer": "glorot_uniform"},
  "compile": {"optimizer": "sgd", "loss": "mse"},
  "fit": {"batch_size": 30, "epochs": 25, "verbose": 2}
}
""")


class MilkLab:
    """Stands in for the instrument export (transflectance, log 1/R)."""

    def __init__(self, seed, samples, points, first_nm, last_nm):
        self.rng = np.random.default_rng(seed)
        self.nm = np.linspace(first_nm, last_nm, points)
        self.samples = samples

    def band(self, centre, width):
        return np.exp(-0.5 * ((self.nm - centre) / width) ** 2)

    def measure(self):
        n = self.samples
        fat = self.rng.normal(3.9, 0.6, n)
        protein = self.rng.normal(3.3, 0.25, n)
        water = 1.3 * self.band(1450, 60)
        scatter = self.rng.normal(0.0, 0.3, (n, 1))
        tilt = self.rng.normal(0.0, 0.05, (n, 1)) * np.linspace(-1, 1, len(self.nm))
        spectra = (0.6 + water + scatter + tilt
                   + 0.09 * fat[:, None] * (self.band(1210, 18) + self.band(1725, 22))
                   + 0.05 * protein[:, None] * self.band(1510, 25)
                   + self.rng.normal(0.0, 0.004, (n, len(self.nm))))
        return spectra, fat


def remove_spikes(spectra, limit=6.0):
    """Cosmic rays and the like; replaces by the column median."""
    median = np.median(spectra, axis=0)
    mad = np.median(np.abs(spectra - median), axis=0) + 1e-9
    return np.where(np.abs(spectra - median) / (1.4826 * mad) > limit, median, spectra)


def prepare(spectra, fat, split):
    xs, ys = StandardScaler(), StandardScaler()
    x_train = xs.fit_transform(spectra[:split]).astype("float32")
    y_train = ys.fit_transform(fat[:split, None]).astype("float32")
    x_test = xs.transform(spectra[split:]).astype("float32")
    y_test = ys.transform(fat[split:, None]).astype("float32")
    for name, block in (("x", x_train), ("y", y_train)):
        assert np.isfinite(block).all(), name
        print(name, "mean", round(float(block.mean()), 3), "std", round(float(block.std()), 3))
    return x_train, y_train, x_test, y_test


def linear_calibration(points, settings):
    return keras.Sequential([
        keras.Input((points,)),
        keras.layers.Dense(settings["units"], kernel_initializer=settings["initializer"]),
    ], name="calibration")


def r_squared(true, predicted):
    residual = np.sum(np.square(true - predicted))
    return 1.0 - residual / (np.sum(np.square(true - true.mean())) + 1e-12)


def main(run):
    keras.utils.set_random_seed(run["seed"])
    spectra, fat = MilkLab(run["seed"], **run["spectra"]).measure()
    spectra = remove_spikes(spectra)
    x_train, y_train, x_test, y_test = prepare(spectra, fat, split=300)

    ridge = Ridge(1.0).fit(x_train, y_train)
    print("ridge R2", round(float(ridge.score(x_test, y_test)), 3))

    model = linear_calibration(x_train.shape[1], run["model"])
    model.compile(**run["compile"])
    callbacks = [keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=8, min_lr=1e-4)]
    history = model.fit(x_train, y_train, callbacks=callbacks, **run["fit"])  # whynan: learning_rate_too_high phase=loss also=exploding_gradient
    print("last loss", history.history["loss"][-1])
    print("keras R2", r_squared(y_test, model.predict(x_test, verbose=0)))


if __name__ == "__main__":
    main(RUN)
