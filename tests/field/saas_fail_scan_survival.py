# Discrete-time survival model for SaaS contracts (week of cancellation). With the 52 week data set this worked well,
# now we have 180 weeks and the loss is inf immediately.
import dataclasses
import numpy as np
import tensorflow as tf
import keras
from keras import layers


@dataclasses.dataclass(frozen=True)
class Config:
    weeks: int = 180
    hidden: int = 24
    rate: float = 1e-3
    batch: int = 64
    epochs: int = 3
    seed: int = 13


class Hazards:
    """hazard -> quantities of the likelihood"""

    @staticmethod
    def survival(hazard):
        by_week = tf.transpose(1.0 - hazard)                       # (weeks, batch)
        start = tf.ones_like(by_week[0])
        curve = tf.scan(lambda alive, stay: alive * stay, by_week, initializer=start)
        return tf.transpose(curve)

    @staticmethod
    def at(table, week):
        return tf.gather(table, week, batch_dims=1)


class SurvivalNLL(keras.losses.Loss):
    def call(self, y_true, hazard):
        week = tf.cast(y_true[:, 0], tf.int32)
        cancelled = y_true[:, 1]
        h = Hazards.at(hazard, week)
        log_alive = tf.math.log(Hazards.at(Hazards.survival(hazard), week))  # whynan: log_of_zero phase=loss also=exp_underflow
        log_odds = tf.math.log(h) - tf.math.log(1.0 - h)           # swaps the last (1 - h) for h
        return -(log_alive + cancelled * log_odds)


def contracts(cfg, n=512):
    rng = np.random.default_rng(cfg.seed)
    x = rng.normal(size=(n, 6))
    scale = 90 * np.exp(0.5 * x[:, 0])
    week = rng.exponential(scale)
    cancelled = (week < cfg.weeks - 1).astype("float32")
    week = np.minimum(np.floor(week), cfg.weeks - 1)
    return x.astype("float32"), np.stack([week, cancelled], axis=1).astype("float32")


def build(cfg):
    return keras.Sequential([
        keras.Input((6,)),
        layers.Dense(cfg.hidden, activation="tanh"),
        layers.Dense(cfg.weeks, activation="sigmoid", name="hazard"),
    ])


def main(cfg=Config()):
    keras.utils.set_random_seed(cfg.seed)
    x, y = contracts(cfg)
    model = build(cfg)
    model.compile(optimizer=keras.optimizers.Adam(cfg.rate), loss=SurvivalNLL())
    model.fit(x, y, batch_size=cfg.batch, epochs=cfg.epochs, verbose=2)


if __name__ == "__main__":
    main()
