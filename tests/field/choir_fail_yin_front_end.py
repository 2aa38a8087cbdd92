"""Pitch classes of choir singers from raw frames; the network looks at the YIN curve instead of a spectrogram.

It trained well on my own recordings. Since the takes of the studio were added to the folder every epoch ends with
loss nan and the accuracy drops to the share of "no pitch". No nan in the wav arrays, I checked with np.isnan.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(3)

RATE = 8000
FRAME = 256
MAX_LAG = 90
N_PITCH = 24
FRAMES_PER_TAKE = 40
BREATH = (0, 1, 19, 20, 21)          # positions in a take where nobody sings
STUDIO_TAKES = {7}                   # recorded through the noise gate of the mixing desk


class YinFrontEnd(layers.Layer):
    """Cumulative mean normalised difference of every frame, for the lags 1 .. max_lag."""

    def __init__(self, max_lag, **kwargs):
        super().__init__(**kwargs)
        self.max_lag = max_lag

    def call(self, frames):
        width = frames.shape[-1] - self.max_lag
        still = frames[:, :width]
        difference = [
            ops.sum(ops.square(still - frames[:, lag:lag + width]), axis=-1) for lag in range(1, self.max_lag + 1)
        ]
        difference = ops.stack(difference, axis=-1)
        lags = ops.arange(1, self.max_lag + 1, dtype="float32")
        return difference * lags / ops.cumsum(difference, axis=-1)  # whynan: divide_by_zero phase=forward rows=280,281,299,300,301

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.max_lag)


def sung_frame(f0, rng):
    t = np.arange(FRAME) / RATE
    phase = rng.uniform(0.0, 2.0 * np.pi)
    tone = sum(np.sin(2.0 * np.pi * k * f0 * t + k * phase) / k for k in range(1, 6))
    return rng.uniform(0.1, 0.3) * tone + rng.normal(0.0, 0.004, FRAME)


def noise_gate(frame, threshold=0.02):
    rms = np.sqrt(np.mean(frame ** 2))
    return frame if rms > threshold else np.zeros_like(frame)


def read_takes(n_takes, seed=21):
    rng = np.random.default_rng(seed)
    edges = np.linspace(np.log2(95.0), np.log2(300.0), N_PITCH + 1)[1:-1]
    frames, classes = [], []
    for take in range(n_takes):
        for position in range(FRAMES_PER_TAKE):
            if position in BREATH:
                frame, label = rng.normal(0.0, 0.006, FRAME), 0
            else:
                f0 = 2.0 ** rng.uniform(np.log2(95.0), np.log2(300.0))
                frame, label = sung_frame(f0, rng), 1 + int(np.digitize(np.log2(f0), edges))
            if take in STUDIO_TAKES:
                frame = noise_gate(frame)
            frames.append(frame)
            classes.append(label)
    return np.asarray(frames, "float32"), np.asarray(classes, "int32")


class FrameFeeder(keras.utils.PyDataset):
    def __init__(self, frames, classes, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.frames, self.classes, self.batch_size = frames, classes, batch_size

    def __len__(self):
        return int(np.ceil(len(self.frames) / self.batch_size))

    def __getitem__(self, index):
        part = slice(index * self.batch_size, (index + 1) * self.batch_size)
        return self.frames[part], self.classes[part]


def pitch_network():
    frames = keras.Input((FRAME,), name="frame")
    curve = YinFrontEnd(MAX_LAG, name="yin")(frames)
    h = layers.Dense(96, activation="swish")(curve)
    h = layers.Dropout(0.1)(h)
    h = layers.Dense(64, activation="swish")(h)
    return keras.Model(frames, layers.Dense(N_PITCH + 1, name="logits")(h))


frames, classes = read_takes(n_takes=12)
print("frames", frames.shape, "any nan:", bool(np.isnan(frames).any()))
network = pitch_network()
network.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
network.fit(FrameFeeder(frames, classes, batch_size=64), epochs=6, shuffle=False, verbose=2)
