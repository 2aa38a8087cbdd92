# rent growth next month, per flat
import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(314)
rng = np.random.default_rng(314)

FLATS, MONTHS = 60, 36

rows = []
for flat in range(FLATS):
    area = rng.uniform(28, 120)
    rent = area * rng.uniform(14, 22)
    for m in range(MONTHS):
        rent *= 1 + 0.003 + 0.004 * np.sin(2 * np.pi * m / 12) + rng.normal(0, 0.004)
        rows.append((flat, m, area, rng.uniform(0.9, 1.0), rent))
panel = pd.DataFrame(rows, columns=["flat", "month", "area", "occupancy", "rent"])
panel = panel.sort_values(["flat", "month"]).reset_index(drop=True)

g = panel.groupby("flat")["rent"]
panel["growth1"] = g.pct_change()
panel["growth3"] = g.pct_change(3)
panel["ma6"] = panel["rent"] / g.transform(lambda s: s.rolling(6).mean()) - 1
panel["target"] = g.shift(-1) / panel["rent"] - 1  # whynan: nan_in_label phase=data
panel["season_s"] = np.sin(2 * np.pi * panel["month"] / 12)
panel["season_c"] = np.cos(2 * np.pi * panel["month"] / 12)

features = ["growth1", "growth3", "ma6", "area", "occupancy", "season_s", "season_c"]
panel = panel.dropna(subset=features).reset_index(drop=True)

X = panel[features].to_numpy().astype("float32")
X = (X - X.mean(axis=0)) / X.std(axis=0)
y = (panel["target"].to_numpy() * 100).astype("float32").reshape(-1, 1)
print("rows", len(X), "features", X.shape[1])


def batches(size=64):
    r = np.random.default_rng(1)
    while True:
        pick = r.integers(0, len(X), size)
        yield X[pick], y[pick]


model = keras.Sequential([
    keras.Input((len(features),)),
    keras.layers.Dense(32, activation="elu"),
    keras.layers.Dense(32, activation="elu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Nadam(1e-3), loss="mse", metrics=["mae"])
model.fit(batches(), steps_per_epoch=len(X) // 64, epochs=5, verbose=2)
