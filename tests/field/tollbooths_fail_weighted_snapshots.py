"""Cars per hour at a toll plaza. To smooth the training I blend the weights of the last four epochs, the better the
validation error of an epoch, the more it counts.

Epochs 1 to 4 look fine, loss and val_loss go down. From epoch 5 on both are nan. Without the callback it trains.
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(88)


def plaza_table(hours=2600, seed=88):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"time": pd.date_range("2023-03-01", periods=hours, freq="h")})
    hour, weekday = table["time"].dt.hour, table["time"].dt.dayofweek
    table["rush"] = np.exp(-((hour - 8) / 2.0) ** 2) + np.exp(-((hour - 17) / 2.5) ** 2)
    table["night"] = ((hour < 5) | (hour > 22)).astype(float)
    table["weekend"] = (weekday >= 5).astype(float)
    table["rain"] = rng.gamma(0.6, 1.5, hours)
    table["lanes"] = rng.integers(3, 8, hours).astype(float)
    rate = 340 + 420 * table["rush"] * (1 - 0.6 * table["weekend"]) - 230 * table["night"] - 12 * table["rain"]
    table["cars"] = np.clip(rate + rng.normal(0, 60, hours), 5, None).round()
    return table


class SnapshotBlend(keras.callbacks.Callback):
    """After every `every` epochs the model continues from the blend of its last snapshots."""

    def __init__(self, every=4):
        super().__init__()
        self.every = every
        self.snapshots, self.errors = [], []

    def on_epoch_end(self, epoch, logs=None):
        self.snapshots.append(self.model.get_weights())
        self.errors.append(logs["val_loss"])
        if len(self.snapshots) < self.every:
            return
        merit = np.exp(-np.asarray(self.errors))
        share = merit / merit.sum()  # whynan: exp_underflow phase=update also=divide_by_zero,zero_weight_sum
        blended = [np.tensordot(share, np.stack(kind), axes=1) for kind in zip(*self.snapshots)]
        self.model.set_weights(blended)
        self.snapshots, self.errors = [], []


def build(columns):
    return keras.Sequential(
        [
            keras.Input((columns,)),
            keras.layers.Dense(48, activation="relu"),
            keras.layers.Dense(24, activation="relu"),
            keras.layers.Dense(1),
        ]
    )


table = plaza_table()
columns = ["rush", "night", "weekend", "rain", "lanes"]
split = int(0.8 * len(table))
mean, std = table[columns][:split].mean(), table[columns][:split].std()
x = ((table[columns] - mean) / std).to_numpy("float32")
y = table[["cars"]].to_numpy("float32")
print(table[columns + ["cars"]].describe().loc[["mean", "std", "min", "max"]])

model = build(len(columns))
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
model.fit(
    x[:split],
    y[:split],
    validation_data=(x[split:], y[split:]),
    batch_size=32,
    epochs=9,
    verbose=2,
    callbacks=[SnapshotBlend(every=4)],
)
