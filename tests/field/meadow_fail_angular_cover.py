"""Hay yield of meadow plots from the cover estimates of the botanists (per cent of the plot, per plant group).

The agronomists want the usual angular transformation of percentages before the network. Table has no gaps (dropna
removes nothing), the scaler runs without complaint, the loss is nan from the start of epoch 1.
"""
import warnings

import keras
import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")

GROUPS = ["grasses", "legumes", "herbs", "mosses", "litter"]
TRAINING_YEARS = (2019, 2020, 2021)

# plots in which a second botanist added the lower layer of the sward to the first estimate
SECOND_LAYER = {41: ("grasses", 104.0), 107: ("grasses", 112.0), 163: ("legumes", 103.0)}


# ------------------------------------------------------------------------------------ survey
def survey(seed, plots_per_year=64, years=(2019, 2020, 2021, 2022)):
    rng = np.random.default_rng(seed)
    n = plots_per_year * len(years)
    cover = pd.DataFrame({
        "grasses": np.round(100 * rng.beta(5, 3, n)),
        "legumes": np.round(100 * rng.beta(2, 6, n)),
        "herbs": np.round(100 * rng.beta(2, 5, n)),
        "mosses": np.round(100 * rng.beta(1, 12, n)),
        "litter": np.round(100 * rng.beta(1, 9, n)),
    }).clip(upper=97.0)
    for plot, (group, value) in SECOND_LAYER.items():
        cover.loc[plot, group] = value
    cover["year"] = np.repeat(years, plots_per_year)
    cover["altitude"] = rng.uniform(350, 900, n).round()
    cover["cuts"] = rng.integers(1, 4, n)
    cover["yield_dt"] = (
        28 + 0.35 * cover["grasses"] + 0.25 * cover["legumes"] - 0.2 * cover["mosses"]
        - 0.015 * (cover["altitude"] - 600) + 4 * cover["cuts"] + rng.normal(0, 3, n)
    ).round(1)
    return cover


def tidy(table):
    before = len(table)
    table = table.dropna().reset_index(drop=True)
    print(f"dropped {before - len(table)} of {before} plots")
    return table


# ------------------------------------------------------------------------------------ features
class PlotFeatures:
    def __init__(self):
        self.scaler = StandardScaler()

    @staticmethod
    def angular(percentages):
        return np.degrees(np.arcsin(np.sqrt(percentages / 100.0)))  # whynan: nan_in_input phase=data rows=41,107,163 also=acos_domain

    def assemble(self, table):
        angles = self.angular(table[GROUPS].to_numpy(float))
        site = table[["altitude", "cuts"]].to_numpy(float)
        diversity = self.shannon(table[GROUPS].to_numpy(float))
        return np.column_stack([angles, site, diversity])

    @staticmethod
    def shannon(cover, eps=1e-9):
        share = cover / (cover.sum(axis=1, keepdims=True) + eps)
        return -(share * np.log(share + eps)).sum(axis=1)

    def fit_transform(self, table):
        return self.scaler.fit_transform(self.assemble(table)).astype("float32")

    def transform(self, table):
        return self.scaler.transform(self.assemble(table)).astype("float32")


# ------------------------------------------------------------------------------------ network
def yield_network(inputs, width=24, drop=0.1):
    net = keras.Sequential(name="yield_net")
    net.add(keras.Input((inputs,)))
    for _ in range(2):
        net.add(keras.layers.Dense(width, activation="tanh"))
        net.add(keras.layers.Dropout(drop))
    net.add(keras.layers.Dense(1))
    net.compile(optimizer=keras.optimizers.Adam(3e-3), loss=keras.losses.Huber(delta=1.0), metrics=["mae"])
    return net


def run(seed=19):
    keras.utils.set_random_seed(seed)
    table = tidy(survey(seed))
    train = table[table["year"].isin(TRAINING_YEARS)]
    later = table[~table["year"].isin(TRAINING_YEARS)]

    features = PlotFeatures()
    x_train, x_later = features.fit_transform(train), features.transform(later)
    centre, spread = train["yield_dt"].mean(), max(train["yield_dt"].std(), 1e-6)
    y_train = ((train["yield_dt"] - centre) / spread).to_numpy("float32")
    y_later = ((later["yield_dt"] - centre) / spread).to_numpy("float32")

    net = yield_network(x_train.shape[1])
    net.fit(x_train, y_train, batch_size=32, epochs=6, validation_data=(x_later, y_later), verbose=2,
            callbacks=[keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)])
    return net


if __name__ == "__main__":
    run()
