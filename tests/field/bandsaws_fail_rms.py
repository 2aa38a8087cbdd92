"""
Estimate blade wear (0 = new, 1 = change it) from the microphone on the saw guard.
One clip = 16 frames of 32 ms, two features per frame (loudness, zero crossings).
"""
import math

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(11)

FS = 8000
FRAME = 256
FRAMES_PER_CLIP = 16


def record_clip(wear, rng):
    """Fake one recording as the sound card hands it over (16 bit PCM)."""
    t = np.arange(FRAME * FRAMES_PER_CLIP) / FS
    tone = np.sin(2 * np.pi * (410 + 60 * wear) * t + rng.uniform(0, 2 * np.pi))
    hiss = rng.normal(0, 1, t.size)
    gain = rng.uniform(2500, 8500)
    signal = gain * ((1 - 0.5 * wear) * tone + (0.1 + 0.4 * wear) * hiss)
    return np.clip(np.round(signal), -32768, 32767).astype(np.int16)


def loudness(frames):
    return np.sqrt(np.mean(frames ** 2, axis=-1)) / 3000.0  # whynan: int_overflow phase=data also=sqrt_of_negative,nan_in_input


def crossings(frames):
    return np.mean(np.diff(np.sign(frames), axis=-1) != 0, axis=-1)


class SawClips(keras.utils.PyDataset):
    def __init__(self, clips, wear, batch_size=32, **kwargs):
        super().__init__(**kwargs)
        self.clips = clips
        self.wear = wear
        self.batch_size = batch_size
        self.order = np.arange(len(clips))

    def __len__(self):
        return math.ceil(len(self.clips) / self.batch_size)

    def __getitem__(self, i):
        take = self.order[i * self.batch_size:(i + 1) * self.batch_size]
        frames = self.clips[take].reshape(len(take), FRAMES_PER_CLIP, FRAME)
        x = np.stack([loudness(frames), crossings(frames)], axis=-1)
        return x.astype("float32"), self.wear[take]

    def on_epoch_end(self):
        np.random.shuffle(self.order)


def build():
    inp = keras.Input((FRAMES_PER_CLIP, 2))
    x = layers.Conv1D(16, 3, padding="same", activation="tanh")(inp)
    x = layers.Conv1D(16, 3, padding="same", activation="tanh")(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(16, activation="tanh")(x)
    return keras.Model(inp, layers.Dense(1)(x))


def main():
    rng = np.random.default_rng(4)
    wear = rng.beta(2, 2, 640).astype("float32")
    clips = np.stack([record_clip(w, rng) for w in wear])
    split = 544
    train = SawClips(clips[:split], wear[:split, None])
    val = SawClips(clips[split:], wear[split:, None])

    model = build()
    model.compile(keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
    hist = model.fit(train, validation_data=val, epochs=4, verbose=2)
    print("val mae per epoch", hist.history["val_mae"])


if __name__ == "__main__":
    main()
