"""Hours until a parcel is delivered, tabular regression with RMSprop.

The learning rate is the default 0.001, inputs and target are standardised, batch size 32. Still the loss is 1e+20 after
a handful of batches and then nan. On the small pilot extract (900 parcels) exactly the same code converged nicely, so
I suspected broken rows in the full extract, but I have checked every column and there is nothing unusual.
"""
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
import tensorflow as tf


@dataclass
class Config:
    n_parcels: int = 8000
    batch_size: int = 32
    epochs: int = 2
    learning_rate: float = 1e-3
    seed: int = 41

    @property
    def memory(self) -> float:
        """Let the running average of the squared gradients look back about one epoch."""
        return round(1.0 - self.batch_size / self.n_parcels, 2)


def make_parcels(cfg: Config) -> pd.DataFrame:
    rng = np.random.default_rng(cfg.seed)
    n = cfg.n_parcels
    parcels = pd.DataFrame(
        {
            "distance_km": rng.gamma(2.0, 140.0, n),
            "weight_kg": rng.lognormal(0.6, 0.8, n),
            "volume_l": rng.lognormal(2.2, 0.7, n),
            "stops": rng.integers(1, 7, n),
            "pickup_hour": rng.integers(7, 20, n),
            "weekday": rng.integers(0, 7, n),
            "express": rng.random(n) < 0.2,
        }
    )
    hours = (
        9.0
        + 0.045 * parcels["distance_km"]
        + 4.5 * parcels["stops"]
        + np.where(parcels["weekday"] >= 5, 22.0, 0.0)
        + np.where(parcels["pickup_hour"] > 16, 12.0, 0.0)
    )
    parcels["hours"] = hours * np.where(parcels["express"], 0.55, 1.0) + rng.normal(0, 3.0, n)
    return parcels


def to_dataset(parcels: pd.DataFrame, cfg: Config) -> tf.data.Dataset:
    numeric = parcels.astype("float32")
    numeric = (numeric - numeric.mean()) / numeric.std()
    target = numeric.pop("hours").to_numpy()
    ds = tf.data.Dataset.from_tensor_slices((numeric.to_numpy(), target[:, None]))
    return ds.shuffle(cfg.n_parcels, seed=cfg.seed).batch(cfg.batch_size).prefetch(2)


def build_model(width: int) -> keras.Model:
    inputs = keras.Input((width,), name="parcel")
    x = keras.layers.Dense(64, activation="relu")(inputs)
    x = keras.layers.Dense(32, activation="relu")(x)
    outputs = keras.layers.Dense(1, name="hours")(x)
    return keras.Model(inputs, outputs)


def run(cfg: Config):
    keras.utils.set_random_seed(cfg.seed)
    parcels = make_parcels(cfg)
    assert not parcels.isna().any().any()
    train = to_dataset(parcels, cfg)

    model = build_model(parcels.shape[1] - 1)
    optimizer = keras.optimizers.RMSprop(learning_rate=cfg.learning_rate, rho=cfg.memory)
    model.compile(optimizer, loss=keras.losses.MeanSquaredError(), metrics=["mae"])
    model.fit(train, epochs=cfg.epochs, verbose=2)  # whynan: learning_rate_too_high phase=forward|loss|gradient|update also=exploding_gradient,optimizer_setting_invalid
    return model


if __name__ == "__main__":
    run(Config())
