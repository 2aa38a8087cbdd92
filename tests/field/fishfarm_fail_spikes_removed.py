"""Feed intake of a salmon cage in the next hour, from the water sensors of the last day.

The raw probes spike now and then (cleaning, boats), which made the loss jump, so hours with spikes are taken out before
training.  Since then the loss is nan after a few batches.  The table that goes in has no empty rows and its mean and
standard deviation are ordinary numbers.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers

HOURS, WINDOW, BATCH = 1500, 24, 32
PROBES = ["oxygen", "temperature", "salinity", "ph", "current"]


def logger_file(seed):
    rng = np.random.default_rng(seed)
    clock = pd.date_range("2024-04-01", periods=HOURS, freq="h")
    day = 2 * np.pi * np.arange(HOURS) / 24
    table = pd.DataFrame(
        {
            "oxygen": 8.6 + 0.7 * np.sin(day) + rng.normal(0, 0.25, HOURS),
            "temperature": 9.0 + 0.5 * np.sin(day - 1.0) + np.linspace(0, 2, HOURS) + rng.normal(0, 0.1, HOURS),
            "salinity": 33.0 + rng.normal(0, 0.3, HOURS),
            "ph": 8.0 + 0.05 * np.sin(day) + rng.normal(0, 0.02, HOURS),
            "current": rng.gamma(4.0, 4.0, HOURS),
        },
        index=clock,
    )
    feed = 40 + 9 * (table["oxygen"] - 8.6) + 4 * (table["temperature"] - 10) + rng.normal(0, 2, HOURS)
    for name, height in (("oxygen", 30.0), ("salinity", -33.0), ("ph", 6.0)):
        hours = rng.choice(HOURS, 10, replace=False)
        table.iloc[hours, table.columns.get_loc(name)] += height
    return table, feed.rename("feed_kg")


def without_spikes(table, limit=6.0):
    distance = (table - table.mean()).abs() / table.std()
    quiet = table[distance < limit]  # whynan: nan_in_input phase=data
    quiet = quiet.dropna(how="all")
    print(f"{len(table)} hours in the logger, {len(quiet)} kept")
    return quiet


class CageWindows(keras.utils.PyDataset):
    """The last WINDOW hours of the probes, and the feed of the hour after them."""

    def __init__(self, probes, feed, batch, seed, **kwargs):
        super().__init__(**kwargs)
        self.probes = ((probes - probes.mean()) / probes.std()).to_numpy("float32")
        self.feed = ((feed - feed.mean()) / feed.std()).to_numpy("float32")
        self.batch = batch
        self.rng = np.random.default_rng(seed)
        self.starts = self.rng.permutation(len(self.probes) - WINDOW)

    def __len__(self):
        return len(self.starts) // self.batch

    def __getitem__(self, index):
        starts = self.starts[index * self.batch : (index + 1) * self.batch]
        windows = np.stack([self.probes[start : start + WINDOW] for start in starts])
        return windows, self.feed[starts + WINDOW][:, None]

    def on_epoch_end(self):
        self.rng.shuffle(self.starts)


def appetite():
    hours = keras.Input((WINDOW, len(PROBES)))
    x = layers.Conv1D(16, 3, padding="causal", activation="tanh")(hours)
    x = layers.GRU(16)(x)
    return keras.Model(hours, layers.Dense(1)(x))


keras.utils.set_random_seed(8)
probes, feed = logger_file(seed=8)
probes = without_spikes(probes)
feed = feed.loc[probes.index]

model = appetite()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mae")
model.fit(CageWindows(probes, feed, BATCH, seed=8), epochs=2, verbose=2)
