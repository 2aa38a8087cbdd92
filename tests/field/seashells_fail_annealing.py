"""Prototype classifier for seashells: cosine to learned prototypes, soft assignment that is
sharpened during training (deterministic annealing)."""
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
import keras


@dataclass(frozen=True)
class Annealing:
    start: float = 1.0
    rate: float = 0.75
    lowest: float = 1e-3

    def at(self, epoch):
        return max(self.lowest, self.start * self.rate ** epoch)


@dataclass(frozen=True)
class Settings:
    species: int = 6
    embedding: int = 8
    hidden: int = 32
    epochs: int = 22
    batch: int = 64
    lr: float = 2e-3
    annealing: Annealing = Annealing()


class PrototypeNet(keras.Model):
    def __init__(self, cfg):
        super().__init__()
        self.hidden = keras.layers.Dense(cfg.hidden, activation="tanh")
        self.project = keras.layers.Dense(cfg.embedding)
        self.prototypes = self.add_weight(shape=(cfg.species, cfg.embedding), initializer="random_normal", name="prototypes")
        self.temperature = self.add_weight(shape=(), initializer="ones", trainable=False, name="temperature")

    def call(self, shells):
        z = tf.math.l2_normalize(self.project(self.hidden(shells)), axis=-1)
        p = tf.math.l2_normalize(tf.convert_to_tensor(self.prototypes), axis=-1)
        similarity = tf.matmul(z, p, transpose_b=True)
        affinity = tf.exp(similarity / self.temperature)  # whynan: exp_overflow phase=forward
        return affinity / tf.reduce_sum(affinity, axis=-1, keepdims=True)


class Sharpen(keras.callbacks.Callback):
    def __init__(self, annealing):
        super().__init__()
        self.annealing = annealing

    def on_epoch_begin(self, epoch, logs=None):
        self.model.temperature.assign(self.annealing.at(epoch))


def assignment_loss(onehot, probs):
    return -tf.math.log(tf.reduce_sum(onehot * probs, axis=-1) + 1e-8)


def beach_collection(n, species, rng):
    """Twenty morphometric measurements per shell."""
    kind = rng.integers(0, species, n)
    shape = rng.normal(0, 1.2, (species, 20))
    size = rng.normal(0, 0.5, (n, 1))
    loading = rng.normal(0, 1, (1, 20))
    return shape[kind] + size * loading + rng.normal(0, 0.7, (n, 20)), kind


def main():
    cfg = Settings()
    keras.utils.set_random_seed(42)
    shells, kind = beach_collection(1500, cfg.species, np.random.default_rng(42))
    shells = ((shells - shells.mean(0)) / shells.std(0)).astype("float32")
    onehot = keras.utils.to_categorical(kind, cfg.species)

    net = PrototypeNet(cfg)
    net.compile(optimizer=keras.optimizers.Adam(cfg.lr), loss=assignment_loss, metrics=["categorical_accuracy"])
    net.fit(shells[:1200], onehot[:1200], batch_size=cfg.batch, epochs=cfg.epochs,
            callbacks=[Sharpen(cfg.annealing)], verbose=2)

    guess = net.predict(shells[1200:], verbose=0).argmax(axis=1)
    print("held-out accuracy:", np.mean(guess == kind[1200:]))


if __name__ == "__main__":
    main()
