"""Next hour's load of a district heating network from the last 24 hours.

In our numpy exercise the weights came from np.random.rand, so I did the same in Keras to
be able to compare both programs.  In numpy with 3 steps all was well.  Here the very
first printed loss is already inf and clipnorm does not do anything.
"""
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers


@dataclass
class Config:
    history: int = 24
    units: int = 32
    batch_size: int = 32
    rate: float = 1e-3
    epochs: int = 3
    seed: int = 14


def rand(seed):
    """what np.random.rand(...) would give"""
    return keras.initializers.RandomUniform(minval=0.0, maxval=1.0, seed=seed)


def simulate(hours, rng):
    t = np.arange(hours)
    outdoor = 2 + 6 * np.sin(2 * np.pi * (t - 9) / 24) + np.cumsum(rng.normal(0, 0.15, hours))
    people = np.exp(-(((t % 24) - 7.5) ** 2) / 4) + 0.7 * np.exp(-(((t % 24) - 19) ** 2) / 9)
    load = 38 - 1.3 * outdoor + 9 * people + rng.normal(0, 0.8, hours)
    both = np.stack([load, outdoor], axis=1)
    low, high = both.min(axis=0), both.max(axis=0)
    return ((both - low) / (high - low)).astype("float32")


class Windows(keras.utils.PyDataset):
    def __init__(self, series, cfg, **kwargs):
        super().__init__(**kwargs)
        self.series, self.cfg = series, cfg
        starts = np.arange(len(series) - cfg.history)
        self.starts = np.random.default_rng(cfg.seed).permutation(starts)

    def __len__(self):
        return len(self.starts) // self.cfg.batch_size

    def __getitem__(self, i):
        b = self.cfg.batch_size
        picked = self.starts[i * b : (i + 1) * b]
        x = np.stack([self.series[s : s + self.cfg.history] for s in picked])
        y = self.series[picked + self.cfg.history, :1]
        return x, y


def build(cfg):
    model = keras.Sequential(
        [
            keras.Input((cfg.history, 2)),
            layers.SimpleRNN(
                cfg.units,
                activation="relu",
                kernel_initializer=rand(1),
                recurrent_initializer=rand(2),
            ),
            layers.Dense(1, kernel_initializer=rand(3)),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(cfg.rate, clipnorm=1.0), loss="mse")
    return model


def main():
    cfg = Config()
    keras.utils.set_random_seed(cfg.seed)
    series = simulate(1200, np.random.default_rng(cfg.seed))
    print("scaled series between", series.min(), "and", series.max())
    data = Windows(series, cfg)
    model = build(cfg)
    model.fit(data, epochs=cfg.epochs, verbose=2)  # whynan: bad_initialization phase=loss|forward|gradient also=exploding_gradient
    print("weights finite:", all(np.isfinite(w).all() for w in model.get_weights()))


if __name__ == "__main__":
    main()
