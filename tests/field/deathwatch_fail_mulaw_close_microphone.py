"""Deathwatch beetle or creaking beam, from a contact microphone. The companded samples go straight into a dense net.
The loss never becomes nan, it just stops at one value in the first epoch; after training get_weights() of the first
layer holds nan in many rows. A few recordings were made with the microphone too close, they are loud but fine to
listen to."""
from dataclasses import dataclass

import keras
import numpy as np


@dataclass
class Recorder:
    samples: int = 256
    rate: int = 8000
    seed: int = 88

    def clip(self, beetle, gain, rng):
        t = np.arange(self.samples) / self.rate
        wave = 0.15 * rng.normal(size=self.samples)
        if beetle:
            for start in np.arange(rng.integers(5, 30), self.samples - 40, 48):
                tail = np.arange(self.samples - start)
                wave[start:] += np.exp(-tail / 9.0) * np.sin(2 * np.pi * 1400 * tail / self.rate)
        else:
            wave += 0.8 * np.sin(2 * np.pi * rng.uniform(180, 320) * t + rng.uniform(0, 6.28))
        pcm = np.clip(np.round(wave * gain), -32768, 32767)
        return pcm.astype(np.int16)

    def session(self, count, close=()):
        rng = np.random.default_rng(self.seed)
        labels = (rng.random(count) < 0.3).astype("float32")
        gains = rng.uniform(2500, 7000, count)
        gains[list(close)] = 90000.0
        clips = np.stack([self.clip(b, g, rng) for b, g in zip(labels, gains)])
        return clips, labels


def compand(pcm, mu=255.0):
    """mu-law as in telephony: small amplitudes get more room."""
    loudness = np.log1p(mu * (np.abs(pcm) / 32768.0)) / np.log1p(mu)  # whynan: int_overflow phase=data rows=21,90,143,277 also=nan_in_input,log_of_negative
    return (np.sign(pcm) * loudness).astype("float32")


def make_classifier(width):
    net = keras.Sequential(name="beetles")
    net.add(keras.Input(shape=(width,)))
    for units in (48, 16):
        net.add(keras.layers.Dense(units, activation="relu"))
    net.add(keras.layers.Dense(1, activation="sigmoid"))
    return net


keras.utils.set_random_seed(88)
clips, beetle = Recorder().session(360, close=(21, 90, 143, 277))
print("samples", clips.dtype, clips.min(), clips.max())

net = make_classifier(clips.shape[1])
net.compile(optimizer=keras.optimizers.Nadam(1e-3), loss="binary_crossentropy", metrics=[keras.metrics.AUC(name="auc")])
net.fit(compand(clips), beetle, batch_size=36, epochs=5, class_weight={0: 0.7, 1: 1.7}, verbose=2)
print("weights finite:", all(np.isfinite(w).all() for w in net.get_weights()))
