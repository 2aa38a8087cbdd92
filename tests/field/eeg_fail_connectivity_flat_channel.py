"""Seizure detection from 2-second EEG epochs.

Every epoch -> log band powers of each channel + correlation between all pairs of
channels (Fisher z), then a small MLP.  Worked for a month on the pilot recordings,
since the new hospital was added: loss: nan in the very first epoch.
"""
import itertools

import keras
import numpy as np

keras.utils.set_random_seed(3)

FS = 128
N_CHANNELS = 8
EPOCH = 2 * FS
BANDS = {"delta": (1, 4), "theta": (4, 8), "alpha": (8, 13), "beta": (13, 30)}


class Recording:
    """One patient; the first epoch is dropped (amplifier settles)."""

    def __init__(self, seed, n_epochs, loose=()):
        self.rng = np.random.default_rng(seed)
        self.n_epochs = n_epochs
        self.loose = dict(loose)          # epoch -> electrode that fell off

    def _synthesise(self, seizure):
        t = np.arange(EPOCH) / FS
        x = self.rng.normal(0.0, 8.0, size=(N_CHANNELS, EPOCH))
        if seizure:
            phase = self.rng.uniform(0, 2 * np.pi)
            x += 10.0 * np.sin(2 * np.pi * 3.0 * t + phase)
        return x

    def epochs(self):
        for k in range(self.n_epochs):
            seizure = int(self.rng.random() < 0.4)
            x = self._synthesise(seizure)
            if k in self.loose:
                x[self.loose[k]] = 0.0    # amplifier writes zeros
            if k == 0:
                continue
            yield x, seizure


class EpochFeatures:
    def __init__(self, fs, n_channels):
        self.fs = fs
        self.pairs = np.triu_indices(n_channels, k=1)

    def detrend(self, x):
        return x - x.mean(axis=1, keepdims=True)

    def band_powers(self, x):
        spectrum = np.abs(np.fft.rfft(x, axis=1)) ** 2
        freq = np.fft.rfftfreq(x.shape[1], 1.0 / self.fs)
        out = np.empty((x.shape[0], len(BANDS)))
        for j, (lo, hi) in enumerate(BANDS.values()):
            out[:, j] = spectrum[:, (freq >= lo) & (freq < hi)].mean(axis=1)
        out += 1e-6                       # log of zero bit me once already
        return np.log10(out, out=out).ravel()

    def connectivity(self, x):
        c = np.corrcoef(x)  # whynan: zero_variance_normalisation phase=data rows=169,170,171,259 also=divide_by_zero,nan_in_input
        return c[self.pairs]

    @staticmethod
    def fisher_z(r):
        return np.arctanh(np.clip(r, -0.999, 0.999))

    def __call__(self, x):
        x = self.detrend(x)
        return np.concatenate([self.band_powers(x) / 4.0, self.fisher_z(self.connectivity(x))])


recordings = [
    Recording(10, 60),
    Recording(11, 80),
    Recording(12, 100, loose={32: 5, 33: 5, 34: 5}),
    Recording(13, 90, loose={23: 1}),
    Recording(14, 70),
]
extract = EpochFeatures(FS, N_CHANNELS)
features, labels = [], []
for x, seizure in itertools.chain.from_iterable(r.epochs() for r in recordings):
    features.append(extract(x))
    labels.append(seizure)
X = np.stack(features).astype("float32")
y = np.array(labels, dtype="float32")
print("features", X.shape, "seizures", y.mean())

model = keras.Sequential([
    keras.Input(shape=(X.shape[1],)),
    keras.layers.Dense(32, activation="gelu"),
    keras.layers.Dropout(0.2),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", metrics=["accuracy"])
model.fit(X, y, batch_size=32, epochs=8, verbose=2)
