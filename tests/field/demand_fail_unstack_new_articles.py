"""Weekly demand forecast per article, trained from the ledger of order lines.

ledger -> weekly sums -> wide matrix -> windows (PyDataset) -> small causal CNN.
The ledger has no missing value, there is no division anywhere, the loss is nan.
"""
import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(41)

LOOKBACK = 8


def read_ledger(seed=41, n_articles=60, n_weeks=52):
    rng = np.random.default_rng(seed)
    rows = []
    for article in range(n_articles):
        level = rng.lognormal(2.5, 0.5)
        first = 0 if article % 12 else rng.integers(15, 30)     # launched during the year
        for week in range(first, n_weeks):
            season = 1.0 + 0.4 * np.sin(2 * np.pi * week / 26)
            for _ in range(3):
                qty = 1 + rng.poisson(level * season / 3)
                rows.append((f"A{article:03d}", week, int(qty)))
    return pd.DataFrame(rows, columns=["article", "week", "qty"])


class DemandMatrix:
    """article x week matrix in log units, with the level of each article removed."""

    def __init__(self, ledger):
        self.ledger = ledger

    def weekly(self):
        return self.ledger.groupby(["article", "week"])["qty"].sum()

    def wide(self):
        return self.weekly().unstack("week")  # whynan: nan_in_input phase=data also=nan_in_label

    def log_demand(self):
        return self.wide().pipe(np.log1p)

    def centred(self):
        log_demand = self.log_demand()
        level = log_demand.mean(axis=1)
        return log_demand.sub(level, axis=0), level


def index_windows(n_articles, n_weeks, lookback):
    return [(a, s) for a in range(n_articles) for s in range(0, n_weeks - lookback)]


class Windows(keras.utils.PyDataset):
    def __init__(self, matrix, lookback=LOOKBACK, batch_size=64, seed=0, **kwargs):
        super().__init__(**kwargs)
        values, self.level = matrix.centred()
        self.values = values.to_numpy("float32")
        self.lookback, self.batch_size = lookback, batch_size
        self.index = index_windows(*self.values.shape, lookback)
        self.rng = np.random.default_rng(seed)
        self.rng.shuffle(self.index)

    def __len__(self):
        return len(self.index) // self.batch_size

    def __getitem__(self, i):
        part = self.index[i * self.batch_size:(i + 1) * self.batch_size]
        x = np.zeros((len(part), self.lookback, 1), "float32")
        y = np.zeros((len(part), 1), "float32")
        for k, (article, start) in enumerate(part):
            stop = start + self.lookback
            x[k, :, 0] = self.values[article, start:stop]
            y[k, 0] = self.values[article, stop]
        return x, y

    def on_epoch_end(self):
        self.rng.shuffle(self.index)


class Forecaster(keras.Model):
    def __init__(self, width=16):
        super().__init__()
        self.blocks = [
            keras.layers.Conv1D(width, 3, padding="causal", dilation_rate=d, activation="tanh")
            for d in (1, 2)
        ]
        self.head = keras.layers.Dense(1)

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x[:, -1])


train = Windows(DemandMatrix(read_ledger()))
model = Forecaster()
model.compile(keras.optimizers.Adam(1e-3), loss="mse")
model.fit(train, epochs=3, verbose=2)
