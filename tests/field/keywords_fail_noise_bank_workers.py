# Keyword spotting with noise augmentation in a PyDataset (2 workers). First epoch is on clean speech (curriculum), it learns well,
# nan in the second epoch. Printing x.min(), x.max() of the *training files* shows nothing strange.
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(55)
LENGTH = 256


def power(signal):
    return np.mean(np.square(signal), dtype="float32")


class NoiseBank:
    """kitchen, street, office, ... one entry per recorded file"""

    def __init__(self, count=6, seed=5):
        rng = np.random.default_rng(seed)
        clips = [rng.normal(size=LENGTH) * level for level in np.linspace(0.05, 0.5, count - 1)]
        clips.append(np.zeros(LENGTH))                       # room_tone_anechoic.wav
        self.clips = np.asarray(clips, dtype="float32")

    def __getitem__(self, k):
        return self.clips[k % len(self.clips)]


class Mixer:
    def __init__(self, bank, snr_db):
        self.bank, self.snr_db = bank, snr_db

    def _gain(self, speech, noise):
        ratio = np.float32(10.0 ** (self.snr_db / 10.0))
        return np.sqrt(power(speech) / (power(noise) * ratio))  # whynan: divide_by_zero phase=data also=nan_in_input,inf_in_input

    def __call__(self, speech, k):
        noise = self.bank[k]
        return speech + self._gain(speech, noise) * noise


class Keywords(keras.utils.PyDataset):
    def __init__(self, x, y, batch, augment, clean_epochs=1, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch, self.augment = x, y, batch, augment
        self.clean_epochs, self.epoch = clean_epochs, 0

    def __len__(self):
        return len(self.x) // self.batch

    def on_epoch_end(self):
        self.epoch += 1

    def __getitem__(self, idx):
        rows = range(idx * self.batch, (idx + 1) * self.batch)
        wave = self.x[rows.start:rows.stop]
        if self.epoch >= self.clean_epochs:
            wave = np.stack([self.augment(w, k + self.epoch) for w, k in zip(wave, rows)])
        return wave[..., None].astype("float32"), self.y[rows.start:rows.stop]


def speech(n=320):
    rng = np.random.default_rng(8)
    word = rng.integers(0, 4, n)
    t = np.arange(LENGTH) / LENGTH
    f = np.array([5, 11, 19, 31])[word][:, None]
    wave = np.sin(2 * np.pi * (f * t + rng.random((n, 1)))) * np.hanning(LENGTH) + 0.05 * rng.normal(size=(n, LENGTH))
    return wave.astype("float32"), word


if __name__ == "__main__":
    x, y = speech()
    data = Keywords(x, y, 16, Mixer(NoiseBank(), snr_db=10), workers=2, use_multiprocessing=False)
    model = keras.Sequential([
        keras.Input((LENGTH, 1)),
        layers.Conv1D(12, 9, strides=4),
        layers.BatchNormalization(),
        layers.Activation("elu"),
        layers.GlobalAveragePooling1D(),
        layers.Dense(4, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(data, epochs=4, verbose=2)
