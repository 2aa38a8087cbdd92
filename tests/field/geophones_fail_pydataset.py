# Footstep / vehicle / blast classifier for the perimeter geophones.
# Raw traces come from the logger as 16 bit counts; features are computed on the fly.
import math

import keras
import numpy as np
from keras import layers

CLASSES = ["footsteps", "vehicle", "blast"]
FS = 128          # Hz
LENGTH = 256      # 2 s windows


def synth_traces(rng, counts):
    t = np.arange(LENGTH) / FS
    traces, labels = [], []
    for label, n in enumerate(counts):
        for _ in range(n):
            noise = rng.normal(0, 12, LENGTH)
            if label == 0:
                pace = rng.uniform(0.45, 0.65)
                phase = (t + rng.uniform(0, pace)) % pace
                sig = 90 * np.exp(-phase / 0.05) * np.sin(2 * np.pi * 22 * phase)
            elif label == 1:
                f0 = rng.uniform(8, 15)
                sig = rng.uniform(30, 80) * (np.sin(2 * np.pi * f0 * t) + 0.4 * np.sin(4 * np.pi * f0 * t))
            else:
                sig = rng.uniform(3000, 7000) * np.exp(-t / 0.9) * rng.normal(0, 1, LENGTH)
            traces.append(np.clip(np.round(sig + noise), -32000, 32000))
            labels.append(label)
    return np.array(traces, dtype=np.int16), np.array(labels)


class TraceSequence(keras.utils.PyDataset):
    """Batches of (features, label), shuffled every epoch."""

    def __init__(self, traces, labels, batch_size=32, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.traces = traces
        self.labels = labels
        self.batch_size = batch_size
        self.rng = np.random.default_rng(seed)
        self.order = self.rng.permutation(len(traces))
        self.window = np.hanning(LENGTH)

    def __len__(self):
        return math.ceil(len(self.traces) / self.batch_size)

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.traces))

    def features(self, clip):
        power_db = 10 * np.log10((clip * clip).mean(axis=1))  # whynan: int_overflow phase=data also=log_of_negative
        peak = np.log1p(np.abs(clip.astype("float32")).max(axis=1))
        spec = np.abs(np.fft.rfft(clip * self.window, axis=1))[:, :64]
        bands = spec.reshape(len(clip), 16, 4).mean(axis=2)
        bands = bands / (bands.sum(axis=1, keepdims=True) + 1e-6)
        crossings = (np.diff(np.sign(clip), axis=1) != 0).mean(axis=1)
        return np.column_stack([power_db / 30, peak / 5, crossings, bands]).astype("float32")

    def __getitem__(self, idx):
        rows = self.order[idx * self.batch_size:(idx + 1) * self.batch_size]
        return self.features(self.traces[rows]), self.labels[rows]


def build_model(n_features):
    inp = keras.Input((n_features,))
    x = layers.Dense(48, activation="tanh")(inp)
    x = layers.Dropout(0.1)(x)
    x = layers.Dense(24, activation="tanh")(x)
    return keras.Model(inp, layers.Dense(len(CLASSES), activation="softmax")(x))


def main():
    keras.utils.set_random_seed(5)
    rng = np.random.default_rng(5)
    traces, labels = synth_traces(rng, (600, 500, 70))
    val_traces, val_labels = synth_traces(rng, (120, 100, 14))

    train = TraceSequence(traces, labels, batch_size=32, workers=2, use_multiprocessing=False, max_queue_size=6)
    val = TraceSequence(val_traces, val_labels, batch_size=64)

    model = build_model(19)
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(train, validation_data=val, epochs=6, class_weight={0: 1.0, 1: 1.0, 2: 5.0}, verbose=2)


if __name__ == "__main__":
    main()
