"""Canopy cover of field plots from Sentinel bands.

Cover is a fraction, so I use one output unit with binary cross-entropy on the logits, which is the recommended stable
form. The loss is negative from the second epoch on and a little later nan. Inputs are standardised, the step is small.
"""
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PowerTransformer, StandardScaler


@dataclass
class Settings:
    plots: int = 640
    hidden: tuple = (64, 64, 32)
    rate: float = 0.05
    momentum: float = 0.9
    epochs: int = 25
    seed: int = 14


BANDS = ["ndvi", "evi", "red_edge", "vv_db", "vh_db", "slope"]


def campaign(cfg):
    """Ceptometer readings of the summer (leaf area index) next to the satellite values of the same week."""
    rng = np.random.default_rng(cfg.seed)
    lai = rng.uniform(0.3, 6.8, cfg.plots)
    soil = rng.normal(0.12, 0.03, cfg.plots)
    ndvi = 0.92 - 0.75 * np.exp(-0.6 * lai) + 0.02 * rng.normal(size=cfg.plots)
    return pd.DataFrame(
        {
            "ndvi": ndvi,
            "evi": 0.65 * ndvi + 0.02 * lai + 0.02 * rng.normal(size=cfg.plots),
            "red_edge": soil + 0.04 * lai + 0.01 * rng.normal(size=cfg.plots),
            "vv_db": -12 + 0.4 * lai + 0.8 * rng.normal(size=cfg.plots),
            "vh_db": -19 + 0.7 * lai + 0.8 * rng.normal(size=cfg.plots),
            "slope": rng.gamma(2.0, 3.0, cfg.plots),
            "lai": lai,
        }
    )


def cover_fraction(lai):
    # closed canopy at an index of about two in our oats
    cover = lai / 2.0
    return np.clip(cover, 1e-4, None).astype("float32")


def network(cfg, width):
    stack = [keras.Input((width,))]
    stack += [keras.layers.Dense(u, activation="leaky_relu") for u in cfg.hidden]
    stack += [keras.layers.Dense(1)]
    return keras.Sequential(stack)


def main(cfg=Settings()):
    keras.utils.set_random_seed(cfg.seed)
    plots = campaign(cfg)
    prepare = make_pipeline(PowerTransformer(), StandardScaler())
    x = prepare.fit_transform(plots[BANDS]).astype("float32")
    y = cover_fraction(plots["lai"].to_numpy())[:, None]

    net = network(cfg, x.shape[1])
    net.compile(
        optimizer=keras.optimizers.SGD(cfg.rate, momentum=cfg.momentum, nesterov=True),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    net.fit(x, y, batch_size=32, epochs=cfg.epochs, verbose=2)  # whynan: label_not_in_unit_interval phase=forward|loss|gradient|update also=wrong_loss_for_task,exploding_gradient
    print("mean predicted logit", float(np.mean(net.predict(x, verbose=0))))


main()
