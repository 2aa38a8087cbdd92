"""Bearing wear of a circulation pump from vibration windows (PSD features).

The pump stops now and then: then the sensor delivers exact zeros, the log PSD is -inf and
the spectral centroid 0/0. numpy prints a lot of RuntimeWarnings here, I always wonder
whether they reach the model.
"""  # whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(33)

FS, LENGTH = 2000, 512
BANDS = [(20, 100), (100, 300), (300, 600), (600, 1000)]


def vibration(n=700, seed=33):
    rng = np.random.default_rng(seed)
    t = np.arange(LENGTH) / FS
    wear = rng.uniform(0, 1, n)
    x = rng.normal(0, 0.3, (n, LENGTH))
    x += np.sin(2 * np.pi * 49 * t + rng.uniform(0, 6.28, (n, 1)))
    x += wear[:, None] * np.sin(2 * np.pi * 420 * t + rng.uniform(0, 6.28, (n, 1)))
    stopped = rng.choice(n, 40, replace=False)
    x[stopped] = 0.0
    return x, wear.astype("float32")


class SpectralFeatures:
    def __init__(self, fs):
        self.fs = fs
        self.window = np.hanning(LENGTH)
        self.freq = np.fft.rfftfreq(LENGTH, 1 / fs)

    def psd(self, x):
        return np.abs(np.fft.rfft(x * self.window, axis=-1)) ** 2

    def levels(self, p):
        out = np.stack([p[:, (self.freq >= lo) & (self.freq < hi)].sum(axis=1) for lo, hi in BANDS], axis=1)
        return np.log10(out, out=out)

    def centroid(self, p):
        return (p * self.freq).sum(axis=1) / p.sum(axis=1) / self.fs

    def crest(self, x):
        return np.abs(x).max(axis=1) / np.sqrt(np.mean(x**2, axis=1))

    def __call__(self, x):
        p = self.psd(x)
        return {"levels": self.levels(p), "centroid": self.centroid(p), "crest": self.crest(x)}


def as_matrix(features):
    return np.column_stack(list(features.values()))


def running(matrix, *others):
    """Only windows where the pump was turning."""
    ok = np.isfinite(matrix).all(axis=1)
    print("dropped", int((~ok).sum()), "windows")
    return (matrix[ok], *(o[ok] for o in others))


def zscore(m):
    m -= m.mean(axis=0)
    m /= m.std(axis=0)
    return m


signals, wear = vibration()
matrix, wear = running(as_matrix(SpectralFeatures(FS)(signals)), wear)
X = zscore(matrix).astype("float32")

model = keras.Sequential([
    keras.Input(shape=(X.shape[1],)),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(12, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
model.fit(X, wear, validation_split=0.2, epochs=10, batch_size=32, verbose=2)
