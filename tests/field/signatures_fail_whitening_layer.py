"""Signature verification: twin network whose first (shared) layer is initialised to whiten the pixels."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(63)
SIDE = 8


def scans(n=120, people=10):
    rng = np.random.default_rng(63)
    style = rng.random((people, SIDE, SIDE))
    who = rng.integers(0, people, n)
    img = np.clip(style[who] + 0.2 * rng.normal(size=(n, SIDE, SIDE)), 0, 1)
    img[:, [0, -1], :] = 0.0  # paper margin is blanked by the scanner
    return img.reshape(n, -1).astype("float32"), who


def whitening_parameters(pixels):
    mean, std = pixels.mean(axis=0), pixels.std(axis=0)
    gain = 1.0 / std  # whynan: nan_in_initial_weights phase=forward|data also=zero_variance_normalisation,divide_by_zero
    return [np.diag(gain), -mean * gain]


def make_pairs(pixels, who, n, rng):
    i, j = rng.integers(0, len(pixels), (2, n))
    return pixels[i], pixels[j], (who[i] == who[j]).astype("float32")[:, None]


class TwinNetwork(keras.Model):
    def __init__(self, parameters):
        super().__init__()
        self.whiten = layers.Dense(SIDE * SIDE, name="whiten")
        self.whiten.build((None, SIDE * SIDE))
        self.whiten.set_weights(parameters)
        self.embed = layers.Dense(16, activation="tanh")
        self.verdict = layers.Dense(1, activation="sigmoid")

    def tower(self, x):
        return self.embed(self.whiten(x))

    def call(self, pair):
        left, right = pair
        return self.verdict(ops.abs(self.tower(left) - self.tower(right)))


pixels, who = scans()
left, right, same = make_pairs(pixels, who, 400, np.random.default_rng(1))
model = TwinNetwork(whitening_parameters(pixels))
model.compile(optimizer="adam", loss="binary_crossentropy")
model.fit((left, right), same, batch_size=40, epochs=3, verbose=2)
