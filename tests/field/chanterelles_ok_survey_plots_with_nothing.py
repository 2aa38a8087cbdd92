"""Grams of chanterelles per visit (we model the logarithm) from what members report to the mushroom society. For validation
there is last year's survey, a fixed grid of plots. loss goes down nicely, val_loss and val_mae are inf in every epoch.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers

COLUMNS = ["altitude", "rain_14d", "ph", "beech_share", "minutes"]


class Forest:
    def __init__(self, seed=41):
        self.rng = np.random.default_rng(seed)

    def visits(self, number, luck):
        rng = self.rng
        table = pd.DataFrame(
            {
                "altitude": rng.uniform(100.0, 1100.0, number),
                "rain_14d": rng.gamma(4.0, 12.0, number),
                "ph": rng.normal(5.2, 0.7, number),
                "beech_share": rng.beta(2.0, 2.0, number),
                "minutes": rng.integers(15, 120, number),
            }
        )
        expected = np.exp(
            luck
            + 0.015 * (table["rain_14d"] - 48.0)
            - 0.7 * (table["ph"] - 5.2)
            + 1.1 * (table["beech_share"] - 0.5)
            + 0.008 * (table["minutes"] - 60.0)
        )
        found = rng.poisson(expected)
        table["grams"] = np.round(found * rng.normal(11.0, 1.5, number).clip(6.0), 0)
        return table


def member_reports(forest):
    table = forest.visits(900, luck=2.0)
    return table[table["grams"] > 0].reset_index(drop=True)


def survey(forest):
    return forest.visits(150, luck=0.3)


def as_arrays(table, scale):
    centre, spread = scale
    x = ((table[COLUMNS] - centre) / spread).to_numpy("float32")
    y = np.log(table["grams"].to_numpy("float32"))
    return x, y[:, None]


class YieldNet(keras.Model):
    def __init__(self):
        super().__init__(name="yield_net")
        self.wide = layers.Dense(32, activation="gelu")
        self.deep = layers.Dense(32, activation="gelu")
        self.log_grams = layers.Dense(1)

    def call(self, x):
        hidden = self.wide(x)
        return self.log_grams(hidden + self.deep(hidden))


keras.utils.set_random_seed(41)
forest = Forest()
reports, plots = member_reports(forest), survey(forest)
scale = reports[COLUMNS].mean(), reports[COLUMNS].std()
print(f"{len(reports)} reports, {len(plots)} survey plots")

net = YieldNet()
net.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
net.fit(  # whynan: side_nonfinite
    *as_arrays(reports, scale),
    validation_data=as_arrays(plots, scale),
    batch_size=32,
    epochs=10,
    verbose=2,
    callbacks=[keras.callbacks.EarlyStopping(monitor="loss", patience=4)],
)
