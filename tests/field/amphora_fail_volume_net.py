"""Estimate the filling volume of amphorae from profile measurements of the excavated fragments."""
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf


@dataclass
class NetConfig:
    width: int = 64
    depth: int = 14
    activation: str = "relu"
    head_units: int = 1


@dataclass
class TrainConfig:
    seed: int = 12
    epochs: int = 4
    batch_size: int = 64
    learning_rate: float = 1e-3
    net: NetConfig = field(default_factory=NetConfig)


class FanInNormal(keras.initializers.Initializer):
    """Normal initialiser for rectifier networks (He et al. 2015)."""

    def __init__(self, gain=2.0, seed=None):
        self.gain = gain
        self.seed = seed

    def __call__(self, shape, dtype="float32"):
        fan_in = int(np.prod(shape[:-1]))
        stddev = np.sqrt(self.gain * fan_in)
        return keras.random.normal(shape, mean=0.0, stddev=stddev, dtype=dtype, seed=self.seed)

    def get_config(self):
        return {"gain": self.gain, "seed": self.seed}


def make_sherds(n, rng):
    height = rng.uniform(30.0, 110.0, n)
    shoulder = rng.uniform(12.0, 45.0, n)
    neck = rng.uniform(6.0, 14.0, n)
    wall = rng.uniform(0.6, 2.4, n)
    toe = rng.uniform(2.0, 9.0, n)
    belly = shoulder * rng.uniform(0.8, 1.15, n)
    litres = np.pi * (0.5 * belly - wall) ** 2 * (height - 1.4 * neck) * 0.62 / 1000.0
    litres += 0.4 * toe + rng.normal(0.0, 0.8, n)
    return np.stack([height, shoulder, neck, wall, toe, belly], axis=1), litres[:, None]


def standardise(a):
    return ((a - a.mean(axis=0)) / a.std(axis=0)).astype("float32")


def build_net(n_features, cfg):
    stack = [keras.Input((n_features,))]
    for i in range(cfg.depth):
        stack.append(
            keras.layers.Dense(
                cfg.width,
                activation=cfg.activation,
                kernel_initializer=FanInNormal(seed=100 + i),
                name=f"profile_{i}",
            )
        )
    stack.append(keras.layers.Dense(cfg.head_units, name="litres"))
    return keras.Sequential(stack, name="amphora_volume")


def train(cfg):
    keras.utils.set_random_seed(cfg.seed)
    rng = np.random.default_rng(cfg.seed)
    raw, litres = make_sherds(1280, rng)
    x, y = standardise(raw), standardise(litres)

    net = build_net(x.shape[1], cfg.net)
    optimizer = keras.optimizers.Adam(cfg.learning_rate)
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1280, seed=cfg.seed).batch(cfg.batch_size)

    for epoch in range(cfg.epochs):
        total, batches = 0.0, 0
        for xb, yb in data:
            with tf.GradientTape() as tape:
                residual = net(xb, training=True) - yb
                loss = tf.reduce_mean(tf.square(residual))  # whynan: bad_initialization phase=loss|forward
            grads = tape.gradient(loss, net.trainable_variables)
            optimizer.apply_gradients(zip(grads, net.trainable_variables))
            total += float(loss)
            batches += 1
        print(f"epoch {epoch + 1}/{cfg.epochs}  mse {total / batches:.4f}")
    return net


if __name__ == "__main__":
    model = train(TrainConfig())
    print(model.count_params(), "parameters")
