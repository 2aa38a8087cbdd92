# Which drone of the bagpipe is out of tune? (none / tenor / bass)
import math

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(99)

RATE = 4000
FRAME = 256
HOP = 128
FRAMES = 14


def recording(kind, rng):
    t = np.arange(FRAME + HOP * (FRAMES - 1)) / RATE
    tenor, bass = 240.0, 120.0
    if kind == 1:
        tenor *= rng.choice([0.96, 1.05])
    if kind == 2:
        bass *= rng.choice([0.94, 1.06])
    wave = np.zeros_like(t)
    for f0, gain in ((tenor, 0.5), (240.0, 0.4), (bass, 0.7)):
        for h in range(1, 7):
            wave += gain / h * np.sin(2 * np.pi * f0 * h * t + rng.uniform(0, 6.28))
    chanter = rng.choice([480.0, 540.0, 600.0, 640.0])
    wave += 0.6 * np.sin(2 * np.pi * chanter * t)
    return wave + rng.normal(0, 0.02, t.size)


def power_frames(wave):
    window = np.hanning(FRAME)
    cut = np.stack([wave[i * HOP:i * HOP + FRAME] * window for i in range(FRAMES)])
    return np.abs(np.fft.rfft(cut, axis=1)) ** 2 / FRAME


class DroneSequence(keras.utils.PyDataset):
    """Keeps the power spectra in memory, converts to decibel per batch."""

    def __init__(self, power, labels, batch_size=32, **kwargs):
        super().__init__(**kwargs)
        self.power = power
        self.labels = labels
        self.batch_size = batch_size

    def __len__(self):
        return math.ceil(len(self.power) / self.batch_size)

    def __getitem__(self, k):
        rows = slice(k * self.batch_size, (k + 1) * self.batch_size)
        spec = self.power[rows]
        spec += 1e-8
        np.log10(spec, out=spec)  # whynan: log_of_negative phase=data also=nan_in_input
        return spec / 4.0, self.labels[rows]


rng = np.random.default_rng(99)
kinds = rng.integers(0, 3, 480)
power = np.stack([power_frames(recording(k, rng)) for k in kinds]).astype("float32")
print("spectra", power.shape, "median power", np.median(power))

train = DroneSequence(power[:384], kinds[:384])
valid = DroneSequence(power[384:], kinds[384:])

model = keras.Sequential([
    keras.Input((FRAMES, FRAME // 2 + 1)),
    layers.Dense(32, activation="tanh"),
    layers.GRU(24),
    layers.Dense(3, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=valid, epochs=4, verbose=2)
