"""Water level of a canal one hour ahead for six gauges, compared with persistence after every epoch.

The skill table has -inf in it and so has its mean, from the first epoch on.  Loss and val_loss are printed as normal
numbers though.  Which part of my network is broken?
"""
# whynan: side_nonfinite
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(55)

GAUGES = ["weir", "harbour", "upper lock", "mill", "junction", "outlet"]
HOURS, LOOKBACK = 520, 12


def levels(seed=9):
    rng = np.random.default_rng(seed)
    index = pd.date_range("2023-03-01", periods=HOURS, freq="h")
    hour = np.arange(HOURS)
    table = {}
    for i, gauge in enumerate(GAUGES):
        swing = 14.0 * np.sin(2 * np.pi * hour / 24.8 + i) + np.cumsum(rng.normal(0, 0.7, HOURS))
        table[gauge] = np.round(190.0 + 8.0 * i + swing)
    table["upper lock"] = np.full(HOURS, 212.0)            # held by the lock keeper
    return pd.DataFrame(table, index=index)


def windows(table, centre, scale):
    z = ((table - centre) / scale).to_numpy("float32")
    x = np.stack([z[i:i + LOOKBACK] for i in range(len(z) - LOOKBACK)])
    return x, z[LOOKBACK:]


class SkillTable(keras.callbacks.Callback):
    """1 - MSE / MSE of persistence, for every gauge."""

    def __init__(self, x, y):
        super().__init__()
        self.x, self.y = x, y
        self.persistence = np.mean((x[:, -1] - y) ** 2, axis=0)
        self.rows = []

    def on_epoch_end(self, epoch, logs=None):
        mse = np.mean((self.model.predict(self.x, batch_size=64, verbose=0) - self.y) ** 2, axis=0)
        with np.errstate(divide="ignore"):
            skill = 1.0 - mse / self.persistence
        self.rows.append(pd.Series(skill, index=GAUGES, name=epoch))
        print(f"  epoch {epoch}: mean skill {skill.mean():.3f}")

    def on_train_end(self, logs=None):
        print(pd.DataFrame(self.rows).round(2).to_string())


def main():
    table = levels()
    past, recent = table.iloc[:400], table.iloc[400 - LOOKBACK:]
    centre, scale = float(past.to_numpy().mean()), float(past.to_numpy().std())
    x_train, y_train = windows(past, centre, scale)
    x_val, y_val = windows(recent, centre, scale)

    sequence = keras.Input((LOOKBACK, len(GAUGES)))
    h = keras.layers.Conv1D(24, 3, activation="relu")(sequence)
    h = keras.layers.Flatten()(h)
    h = keras.layers.Dense(32, activation="relu")(h)
    model = keras.Model(sequence, keras.layers.Dense(len(GAUGES))(h))
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mae", jit_compile=False)
    model.fit(x_train, y_train, batch_size=32, epochs=8, validation_data=(x_val, y_val),
              callbacks=[SkillTable(x_val, y_val)], verbose=2)


main()
