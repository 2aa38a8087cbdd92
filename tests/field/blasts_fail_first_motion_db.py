"""Quarry blast or something else? Classifier on the short-period geophone, 16 bit digitiser.

Six features for each shot (first motions in dB, energy, zero crossings ...), standardised with sklearn. It trained well on
last year's quiet site. With the new site, which is nearer to the quarry, the loss is nan after a few batches.
"""
import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import keras

keras.utils.set_random_seed(77)

SAMPLES = 400
N_SHOTS = 240
SOURCES = ["quarry", "train", "pile driver"]


def record_shots(n, seed):
    """Traces as they come out of the digitiser (counts, int16)."""
    rng = np.random.default_rng(seed)
    source = rng.integers(0, len(SOURCES), size=n)
    t = np.linspace(0.0, 1.0, SAMPLES)[None, :]
    cycles = np.array([6.0, 10.0, 15.0])[source][:, None] + rng.normal(0.0, 0.2, size=(n, 1))
    decay = rng.uniform(0.3, 0.6, size=(n, 1))
    wave = np.exp(-t / decay) * np.sin(2.0 * np.pi * cycles * t)
    wave /= np.abs(wave).max(axis=1, keepdims=True)

    counts_at_peak = rng.uniform(3_000.0, 20_000.0, size=n)
    counts_at_peak[[31, 96, 150, 207]] = 120_000.0  # the closest benches
    trace = wave * counts_at_peak[:, None] + rng.normal(0.0, 40.0, size=(n, SAMPLES))
    return np.clip(trace, -32768, 32767).astype(np.int16), source


class ShotFeatures:
    """Turns traces into a table; levels are in dB relative to full scale."""

    FULL_SCALE = 32768.0

    def __init__(self, floor=1e-5):
        self.floor = floor

    def level(self, counts):
        # the floor is for dead channels
        return 20.0 * np.log10(np.abs(counts) / self.FULL_SCALE + self.floor)  # whynan: int_overflow phase=data rows=31,96,150,207 also=log_of_negative,nan_in_input

    def __call__(self, traces):
        as_float = traces.astype("float64")
        energy = np.sqrt(np.mean(as_float**2, axis=1))
        crossings = np.diff(np.signbit(traces), axis=1).mean(axis=1)
        half = SAMPLES // 2
        late = np.sqrt(np.mean(as_float[:, half:] ** 2, axis=1))
        columns = [
            self.level(traces.max(axis=1)),
            self.level(traces.min(axis=1)),
            self.level(energy),
            self.level(late),
            crossings,
            traces.argmax(axis=1) / SAMPLES,
        ]
        return np.stack(columns, axis=1)


def build_classifier(width):
    net = keras.Sequential([keras.Input((6,))])
    for _ in range(2):
        net.add(keras.layers.Dense(width, activation="relu"))
        net.add(keras.layers.Dropout(0.1))
    net.add(keras.layers.Dense(len(SOURCES)))
    net.compile(
        optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return net


traces, source = record_shots(N_SHOTS, seed=12)
table = make_pipeline(StandardScaler()).fit_transform(ShotFeatures()(traces))
print("table", table.shape, "clipped shots:", int((traces == 32767).any(axis=1).sum()))

classifier = build_classifier(32)
classifier.fit(table.astype("float32"), source, batch_size=24, epochs=6, verbose=2)
