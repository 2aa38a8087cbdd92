"""Speech / music detection on one-second clips kept in a memory-mapped int16 file."""
import os
import tempfile

import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(70)
RATE, CLIPS = 1024, 210
STATION_BREAK = (29, 30, 118, 175)


def record(path, seed=71):
    rng = np.random.default_rng(seed)
    tape = np.memmap(path, dtype="int16", mode="w+", shape=(CLIPS, RATE))
    labels = rng.integers(0, 2, CLIPS)
    t = np.arange(RATE) / RATE
    for i, music in enumerate(labels):
        if i in STATION_BREAK:
            continue        # nothing on air, the file keeps its zeros
        tone = sum(np.sin(2 * np.pi * f * t + rng.uniform(0, 6)) for f in rng.uniform(30, 400, 4))
        noise = rng.normal(size=RATE) * (0.3 if music else 1.5 * np.abs(np.sin(2 * np.pi * 4 * t)))
        tape[i] = (1500 * (tone * music + noise)).astype("int16")
    tape.flush()
    return labels


class SpectralFeatures:
    def __init__(self, floor_db=-90.0):
        self.floor_db = floor_db

    def power(self, clip):
        signal = clip.astype("float64") / 32768.0
        return np.abs(np.fft.rfft(signal * np.hanning(len(signal)))) ** 2

    def level(self, power):
        with np.errstate(divide="ignore"):
            return max(10 * np.log10(power.mean()), self.floor_db)

    def centroid(self, power):
        return (np.arange(len(power)) * power).sum() / (power.sum() + 1e-9)

    def flatness(self, power):
        """Wiener entropy: geometric mean / arithmetic mean, 0 = pure tone, 1 = white noise."""
        with np.errstate(divide="ignore"):
            geometric = np.exp(np.log(power).mean())
        return geometric / power.mean()  # whynan: divide_by_zero phase=data rows=29,30,118,175 also=nan_in_input

    def __call__(self, clip):
        power = self.power(clip)
        return {"level": self.level(power) / 50, "centroid": self.centroid(power) / 200, "flatness": self.flatness(power)}


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "radio.i16")
    labels = record(path)
    tape = np.memmap(path, dtype="int16", mode="r", shape=(CLIPS, RATE))
    extract = SpectralFeatures()
    table = pd.DataFrame([extract(clip) for clip in tape])
    del tape

x = table[["level", "centroid", "flatness"]].to_numpy("float32")
y = labels.astype("float32")

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(16, activation="tanh"),
                          keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.1, momentum=0.9), keras.losses.BinaryCrossentropy(from_logits=True))
model.fit(x, y, epochs=5, batch_size=30, verbose=2)
