"""Surrogate for the thrust coefficient of small drone propellers."""
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf


@dataclass
class StackConfig:
    depth: int = 24
    width: int = 128
    expansion: int = 2
    weight_std: float = 1.0


@dataclass
class TrainConfig:
    seed: int = 5
    batch_size: int = 64
    epochs: int = 3
    learning_rate: float = 3e-4
    stack: StackConfig = field(default_factory=StackConfig)


class ResidualMLP(keras.layers.Layer):
    def __init__(self, expansion, kernel_initializer, **kwargs):
        super().__init__(**kwargs)
        self.expansion = expansion
        self.kernel_initializer = kernel_initializer

    def build(self, input_shape):
        d = input_shape[-1]
        self.w_in = self.add_weight(shape=(d, d * self.expansion), initializer=self.kernel_initializer, name="w_in")
        self.w_out = self.add_weight(shape=(d * self.expansion, d), initializer=self.kernel_initializer, name="w_out")

    def call(self, x):
        return x + tf.matmul(tf.nn.gelu(tf.matmul(x, self.w_in)), self.w_out)  # whynan: bad_initialization phase=forward


def block_factory(cfg):
    for i in range(cfg.depth):
        init = keras.initializers.RandomNormal(mean=0.0, stddev=cfg.weight_std, seed=100 + i)
        yield ResidualMLP(cfg.expansion, init, name=f"block_{i}")


class ThrustNet(keras.Model):
    def __init__(self, cfg):
        super().__init__()
        self.stem = keras.layers.Dense(cfg.width, name="stem")
        self.blocks = list(block_factory(cfg))
        self.head = keras.layers.Dense(1, name="head")

    def call(self, inputs, training=False):
        x = self.stem(inputs)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def simulate_wind_tunnel(n, rng):
    diameter = rng.uniform(0.12, 0.40, n)
    pitch = diameter * rng.uniform(0.4, 1.0, n)
    blades = rng.integers(2, 5, n)
    rpm = rng.uniform(3000, 12000, n)
    airspeed = rng.uniform(0.0, 18.0, n)
    chord = rng.uniform(0.06, 0.12, n) * diameter
    twist = rng.normal(18, 4, n)
    camber = rng.normal(0.04, 0.01, n)
    density = rng.normal(1.2, 0.04, n)
    advance = airspeed / (rpm / 60 * diameter)
    ct = 0.05 * np.sqrt(blades) * (pitch / diameter) - 0.06 * advance + 0.4 * camber + rng.normal(0, 0.004, n)
    features = np.stack([diameter, pitch, blades, rpm, airspeed, chord, twist, camber, density, advance], axis=1)
    return features, ct[:, None]


def zscore(a):
    return ((a - a.mean(0)) / a.std(0)).astype("float32")


def main(cfg=TrainConfig()):
    keras.utils.set_random_seed(cfg.seed)
    features, ct = simulate_wind_tunnel(1500, np.random.default_rng(cfg.seed))
    x, y = zscore(features), zscore(ct)

    model = ThrustNet(cfg.stack)
    model.compile(optimizer=keras.optimizers.Adam(cfg.learning_rate), loss="mse", metrics=["mae"])
    history = model.fit(x[:1200], y[:1200], validation_data=(x[1200:], y[1200:]),
                        batch_size=cfg.batch_size, epochs=cfg.epochs, verbose=2)
    print("final validation mae (z units):", history.history["val_mae"][-1])


if __name__ == "__main__":
    main()
