"""Cultivar recognition of daffodil bulbs from near infrared spectra (32 bands, 5 cultivars)."""
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

CULTIVARS = ["Carlton", "Tete-a-Tete", "Ice Follies", "Thalia", "Minnow"]


@dataclass(frozen=True)
class Settings:
    seed: int = 77
    bands: int = 32
    bulbs: int = 1500
    hidden: tuple = (64, 32)
    batch: int = 50
    epochs: int = 6
    lr: float = 1e-3


class EvidenceHead(layers.Layer):
    """Non-negative evidence per class, normalised to sum to one."""

    def __init__(self, n_classes, eps=1e-8, **kwargs):
        super().__init__(**kwargs)
        self.n_classes = n_classes
        self.eps = eps

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.n_classes), initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.n_classes,), initializer=keras.initializers.Constant(0.1), name="bias")

    def call(self, h):
        evidence = ops.relu(ops.matmul(h, self.kernel) + self.bias)
        return evidence / (ops.sum(evidence, axis=-1, keepdims=True) + self.eps)


class EvidenceCrossEntropy(keras.losses.Loss):
    def __init__(self, floor=-16.0, **kwargs):
        super().__init__(**kwargs)
        self.floor = floor

    def call(self, y_true, y_pred):
        log_p = ops.clip(ops.log(y_pred), self.floor, 0.0)  # whynan: clip_misuse phase=gradient also=log_of_zero
        return -ops.sum(y_true * log_p, axis=-1)


def make_spectra(cfg, rng):
    wave = np.linspace(0.0, 1.0, cfg.bands)
    label = rng.integers(0, len(CULTIVARS), cfg.bulbs)
    centre = 0.15 + 0.17 * np.arange(len(CULTIVARS))
    peak = np.exp(-((wave[None, :] - centre[label][:, None]) ** 2) / 0.01)
    water = rng.uniform(0.5, 1.5, (cfg.bulbs, 1)) * np.exp(-((wave - 0.8) ** 2) / 0.02)
    spectra = 0.4 * peak + water + rng.normal(0, 0.12, (cfg.bulbs, cfg.bands))
    spectra = (spectra - spectra.mean(axis=0)) / spectra.std(axis=0)
    return spectra.astype("float32"), np.eye(len(CULTIVARS), dtype="float32")[label]


def make_datasets(cfg, rng):
    x, y = make_spectra(cfg, rng)
    n_train = int(0.8 * len(x))
    train = tf.data.Dataset.from_tensor_slices((x[:n_train], y[:n_train]))
    train = train.shuffle(n_train, seed=cfg.seed).batch(cfg.batch).prefetch(2)
    valid = tf.data.Dataset.from_tensor_slices((x[n_train:], y[n_train:])).batch(cfg.batch)
    return train, valid


def build_classifier(cfg):
    spectrum = keras.Input((cfg.bands,), name="spectrum")
    h = spectrum
    for i, units in enumerate(cfg.hidden):
        h = layers.Dense(units, activation="tanh", name=f"hidden_{i}")(h)
    probs = EvidenceHead(len(CULTIVARS), name="evidence")(h)
    return keras.Model(spectrum, probs, name="daffodils")


def main(cfg=Settings()):
    keras.utils.set_random_seed(cfg.seed)
    train, valid = make_datasets(cfg, np.random.default_rng(cfg.seed))
    model = build_classifier(cfg)
    model.compile(
        optimizer=keras.optimizers.Adam(cfg.lr),
        loss=EvidenceCrossEntropy(),
        metrics=[keras.metrics.CategoricalAccuracy(name="acc")],
    )
    model.fit(train, validation_data=valid, epochs=cfg.epochs, verbose=2)
    print(dict(zip(model.metrics_names, model.evaluate(valid, verbose=0))))


if __name__ == "__main__":
    main()
