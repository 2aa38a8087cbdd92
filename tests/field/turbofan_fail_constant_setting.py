"""Remaining useful life on a turbofan-like table, windows + Conv1D."""
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(5)


class RulData:
    COLS = ["setting_1", "setting_2", "setting_3", "s2", "s3", "s4", "s11"]

    def __init__(self, units=12, cycles=60, window=15):
        self.window = window
        rng = np.random.default_rng(5)
        frames = []
        for u in range(units):
            wear = np.linspace(0, 1, cycles) ** 2
            frames.append(pd.DataFrame({
                "unit": u,
                "cycle": np.arange(cycles),
                "setting_1": rng.normal(0, 0.002, cycles),
                "setting_2": rng.normal(0, 0.0003, cycles),
                "setting_3": 100.0,                     # throttle resolver angle
                "s2": 642 + wear + rng.normal(0, 0.3, cycles),
                "s3": 1585 + 10 * wear + rng.normal(0, 4, cycles),
                "s4": 1400 + 20 * wear + rng.normal(0, 5, cycles),
                "s11": 47 + wear + rng.normal(0, 0.2, cycles),
                "rul": (cycles - np.arange(cycles)) / cycles,
            }))
        self.df = pd.concat(frames, ignore_index=True)

    def standardise(self):
        x = self.df[self.COLS]
        self.df[self.COLS] = (x - x.mean()) / x.std()  # whynan: zero_variance_normalisation phase=data also=nan_in_input,divide_by_zero
        return self

    def windows(self):
        xs, ys = [], []
        for _, g in self.df.groupby("unit"):
            v, r = g[self.COLS].to_numpy("float32"), g["rul"].to_numpy("float32")
            for i in range(len(g) - self.window):
                xs.append(v[i:i + self.window])
                ys.append(r[i + self.window])
        return np.stack(xs), np.array(ys)


X, y = RulData().standardise().windows()
model = keras.Sequential([
    keras.Input(X.shape[1:]),
    layers.Conv1D(16, 5, activation="relu"),
    layers.GlobalAveragePooling1D(),
    layers.Dense(16, activation="tanh"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss="mse")
model.fit(X, y, epochs=3, batch_size=64, verbose=2)
