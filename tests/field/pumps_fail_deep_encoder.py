"""Remaining life of process pumps from short vibration windows, with a small attention encoder.

Two blocks train fine with exactly this setting. Ten blocks: the first loss printed is already astronomical and
from then on it is nan. Signals and target are z-scores, so I do not see where such numbers should come from.
"""
import dataclasses

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(77)


@dataclasses.dataclass
class Settings:
    steps: int = 32
    sensors: int = 6
    width: int = 32
    expansion: int = 4
    blocks: int = 10
    rate: float = 0.01
    momentum: float = 0.9
    batch: int = 32


def simulate(cfg, machines, rng):
    wear = rng.uniform(0, 1, machines)
    phase = rng.uniform(0, 2 * np.pi, (machines, 1, cfg.sensors))
    t = np.arange(cfg.steps)[None, :, None]
    tone = np.sin(2 * np.pi * t * (0.05 + 0.02 * np.arange(cfg.sensors)) + phase)
    amplitude = (0.5 + 2.0 * wear)[:, None, None]
    signal = amplitude * tone + rng.normal(0, 0.3, (machines, cfg.steps, cfg.sensors))
    signal = (signal - signal.mean((0, 1))) / signal.std((0, 1))
    life = 1.0 - wear + rng.normal(0, 0.05, machines)
    life = (life - life.mean()) / life.std()
    return signal.astype("float32"), life.astype("float32")


def dense(units, activation=None):
    return layers.Dense(units, activation=activation, kernel_initializer="he_normal")


def encoder_block(x, cfg):
    mixed = layers.Attention()([dense(cfg.width)(x), dense(cfg.width)(x), dense(cfg.width)(x)])
    x = layers.add([x, mixed])
    inner = dense(cfg.width * cfg.expansion, "relu")(x)
    return layers.add([x, dense(cfg.width)(inner)])


def build(cfg):
    inputs = keras.Input((cfg.steps, cfg.sensors))
    x = dense(cfg.width)(inputs)
    for _ in range(cfg.blocks):
        x = encoder_block(x, cfg)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(1, name="life")(x))


def main():
    cfg = Settings()
    signal, life = simulate(cfg, 640, np.random.default_rng(77))
    model = build(cfg)
    model.compile(keras.optimizers.SGD(cfg.rate, momentum=cfg.momentum), loss="mse")
    model.fit(signal, life, batch_size=cfg.batch, epochs=3, verbose=2)  # whynan: exploding_gradient phase=forward|loss|gradient|update also=learning_rate_too_high,bad_initialization


if __name__ == "__main__":
    main()
