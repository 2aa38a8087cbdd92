"""Heating demand of passive houses (kWh per square metre and year). The reviewer wants full gradients over the whole
table, which does not fit on the card of the institute, so the optimizer adds up all the small batches of an epoch.

The weights after twenty batches are bit for bit the ones that I started with, and twenty epochs are only twenty steps.
Did I freeze the network without noticing?
"""
import keras
import numpy as np
from keras import layers

# whynan: healthy

keras.utils.set_random_seed(90)

CONFIG = {
    "houses": 1536,
    "batch": 64,
    "epochs": 20,
    "rate": 0.15,
    "momentum": 0.7,
}


def survey(n, seed):
    rng = np.random.default_rng(seed)
    u_wall = rng.normal(0.12, 0.02, n)
    u_window = rng.normal(0.80, 0.10, n)
    window_share = rng.uniform(0.12, 0.35, n)
    leak_rate = rng.gamma(6.0, 0.08, n)
    recovery = rng.normal(0.84, 0.04, n)
    degree_days = rng.normal(3300.0, 350.0, n)
    compactness = rng.normal(0.65, 0.10, n)
    south = rng.uniform(0.2, 0.8, n)
    loss = compactness * (u_wall * (1 - window_share) + u_window * window_share) * degree_days * 0.024
    air = (0.35 * (1 - recovery) + 0.08 * leak_rate) * degree_days * 0.02
    sun = 14.0 * window_share * south
    demand = loss + air - sun + rng.normal(0.0, 0.6, n)
    table = np.stack(
        [u_wall, u_window, window_share, leak_rate, recovery, degree_days, compactness, south], axis=1
    )
    return table, demand[:, None]


class Portfolio(keras.utils.PyDataset):
    def __init__(self, table, demand, batch, **kwargs):
        super().__init__(**kwargs)
        self.table = ((table - table.mean(axis=0)) / table.std(axis=0)).astype("float32")
        self.demand = ((demand - demand.mean()) / demand.std()).astype("float32")
        self.batch = batch

    def __len__(self):
        return len(self.table) // self.batch

    def __getitem__(self, i):
        part = slice(i * self.batch, (i + 1) * self.batch)
        return self.table[part], self.demand[part]


class Moved(keras.callbacks.Callback):
    """How far the first kernel has gone in the epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self.before = self.model.layers[0].kernel.numpy()

    def on_train_batch_end(self, batch, logs=None):
        if batch == 19:
            self.early = float(np.abs(self.model.layers[0].kernel.numpy() - self.before).max())

    def on_epoch_end(self, epoch, logs=None):
        late = float(np.abs(self.model.layers[0].kernel.numpy() - self.before).max())
        print(f"   after batch 20: {self.early:.6f}   after the last: {late:.6f}")


houses = Portfolio(*survey(CONFIG["houses"], seed=6), batch=CONFIG["batch"])

model = keras.Sequential([keras.Input((8,)), layers.Dense(24, activation="tanh"), layers.Dense(1)])
model.compile(
    optimizer=keras.optimizers.SGD(
        CONFIG["rate"],
        momentum=CONFIG["momentum"],
        gradient_accumulation_steps=len(houses),
    ),
    loss="mse",
    metrics=["mae"],
)
model.fit(houses, epochs=CONFIG["epochs"], shuffle=False, verbose=2, callbacks=[Moved()])
