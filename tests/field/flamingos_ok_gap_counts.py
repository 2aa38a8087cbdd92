"""Flamingo counts per lagoon from ten days of water and weather loggers; gaps stay NaN until the model sees them."""
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops


@dataclass
class Config:
    lagoons: int = 1200
    days: int = 10
    hidden: int = 32
    batch_size: int = 48
    epochs: int = 6
    lr: float = 2e-3
    gap_rate: float = 0.2
    no_census_rate: float = 0.15
    seed: int = 29


def field_season(cfg, rng):
    base = rng.normal(0, 1, (cfg.lagoons, 1, 4))
    series = base + 0.5 * rng.normal(0, 1, (cfg.lagoons, cfg.days, 4))
    rate = np.exp(2.5 + 0.6 * base[:, 0, 0] - 0.4 * base[:, 0, 1] + 0.3 * base[:, 0, 2])
    count = rng.poisson(rate).astype("float32")
    n_days = rng.integers(3, cfg.days + 1, cfg.lagoons)
    present = np.arange(cfg.days)[None, :] < n_days[:, None]
    series[rng.random(series.shape) < cfg.gap_rate] = np.nan
    series[~present] = np.nan
    count[rng.random(cfg.lagoons) < cfg.no_census_rate] = np.nan
    return series.astype("float32"), present.astype("float32"), count[:, None]


class FillGaps(layers.Layer):
    """Replaces gaps by a learned value per channel and tells the network where they were."""

    def build(self, input_shape):
        self.fill = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="fill")

    def call(self, x):
        gap = ops.isnan(x)
        filled = ops.where(gap, self.fill, x)
        return ops.concatenate([filled, ops.cast(gap, "float32")], axis=-1)


class DayAttention(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.score = layers.Dense(1)

    def build(self, input_shape):
        self.score.build(input_shape)

    def call(self, h, present):
        score = ops.squeeze(self.score(h), axis=-1)
        score = ops.where(present > 0.5, score, -np.inf)
        weight = ops.softmax(score, axis=-1)
        return ops.sum(h * ops.expand_dims(weight, -1), axis=1)


class RateHead(layers.Layer):
    def __init__(self, limit=12.0, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit
        self.linear = layers.Dense(1)

    def build(self, input_shape):
        self.linear.build(input_shape)

    def call(self, h):
        return ops.exp(ops.clip(self.linear(h), -self.limit, self.limit))


def census_loss(y_true, rate):
    counted = ops.logical_not(ops.isnan(y_true))
    y = ops.where(counted, y_true, ops.zeros_like(y_true))
    nll = rate - y * ops.log(rate)
    return ops.mean(ops.where(counted, nll, ops.zeros_like(nll)), axis=-1)


def build(cfg):
    series = keras.Input((cfg.days, 4), name="series")
    present = keras.Input((cfg.days,), name="present")
    h = FillGaps()(series)
    h = layers.Dense(cfg.hidden, activation="gelu")(h)
    h = DayAttention()(h, present)
    rate = RateHead()(layers.Dense(cfg.hidden, activation="gelu")(h))
    return keras.Model([series, present], rate, name="flamingos")


def main(cfg=Config()):
    keras.utils.set_random_seed(cfg.seed)
    series, present, count = field_season(cfg, np.random.default_rng(cfg.seed))
    print(f"gaps: {np.isnan(series).mean():.0%} of all readings, no census: {np.isnan(count).mean():.0%} of all lagoons")
    model = build(cfg)
    model.compile(optimizer=keras.optimizers.Adam(cfg.lr), loss=census_loss)
    model.fit([series, present], count, batch_size=cfg.batch_size, epochs=cfg.epochs, verbose=2)  # whynan: healthy


if __name__ == "__main__":
    main()
