"""Command / no-command classifier on log-mel features with per-utterance CMVN.

tf.data.Dataset.from_generator + padded_batch.  After ~a dozen batches the loss prints
nan and never recovers. I listened to the files, they are all OK (some are short).
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)

SR, WIN, HOP, N_MELS = 8000, 200, 80, 20


def mel_filters(n_fft_bins, n_mels, sr):
    hz = np.linspace(0.0, sr / 2, n_fft_bins)
    top = 2595.0 * np.log10(1.0 + sr / 2 / 700.0)
    edges = 700.0 * (10.0 ** (np.linspace(0.0, top, n_mels + 2) / 2595.0) - 1.0)
    bank = np.zeros((n_fft_bins, n_mels))
    for m in range(n_mels):
        lo, mid, hi = edges[m:m + 3]
        bank[:, m] = np.maximum(0.0, np.minimum((hz - lo) / (mid - lo), (hi - hz) / (hi - mid)))
    return bank


class FrontEnd:
    def __init__(self):
        self.window = np.hanning(WIN)
        self.bank = mel_filters(WIN // 2 + 1, N_MELS, SR)

    def frames(self, wave):
        return np.lib.stride_tricks.sliding_window_view(wave, WIN)[::HOP]

    def log_mel(self, wave):
        power = np.abs(np.fft.rfft(self.frames(wave) * self.window, axis=1)) ** 2
        return np.log(power @ self.bank + 1e-3)

    def cmvn(self, feats):
        return (feats - feats.mean(axis=0)) / feats.std(axis=0, ddof=1).clip(1e-2)  # whynan: single_element_variance phase=data also=nan_in_input,divide_by_zero,zero_variance_normalisation

    def __call__(self, wave):
        return self.cmvn(self.log_mel(wave)).astype("float32")


class Corpus:
    """Segments cut by a voice activity detector (so their length varies a lot)."""

    def __init__(self, n, seed):
        rng = np.random.default_rng(seed)
        self.lengths = rng.integers(1200, 4000, n)
        self.lengths[[211, 398]] = (240, 265)        # VAD fired on a click
        self.labels = rng.integers(0, 2, n)
        self.seeds = rng.integers(0, 2**31, n)

    def wave(self, i):
        rng = np.random.default_rng(self.seeds[i])
        t = np.arange(self.lengths[i]) / SR
        f0 = 200.0 + 400.0 * self.labels[i]
        sweep = np.sin(2 * np.pi * (f0 * t + 300.0 * t**2))
        return sweep * np.hanning(len(t)) + rng.normal(0.0, 0.1, len(t))


corpus = Corpus(480, seed=8)
front_end = FrontEnd()


def examples():
    for i in range(len(corpus.labels)):
        yield front_end(corpus.wave(i)), np.float32(corpus.labels[i])


ds = (
    tf.data.Dataset.from_generator(
        examples,
        output_signature=(tf.TensorSpec((None, N_MELS), tf.float32), tf.TensorSpec((), tf.float32)),
    )
    .cache()
    .padded_batch(16)
    .prefetch(2)
)

model = keras.Sequential([
    keras.Input(shape=(None, N_MELS)),
    keras.layers.Conv1D(24, 5, padding="same", activation="swish"),
    keras.layers.Conv1D(24, 5, padding="same", activation="swish"),
    keras.layers.GlobalAveragePooling1D(),
    keras.layers.Dense(1),
])
model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
model.fit(ds, epochs=3, verbose=2)
