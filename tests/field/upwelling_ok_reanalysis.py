"""
Krill density at survey stations from ocean reanalysis fields
(nearest grid cell of SST, salinity, nitrate, mixed layer depth, current speed).
"""
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(640)
rng = np.random.default_rng(640)

NLAT, NLON = 40, 60
_FILL = 1e20


def reanalysis():
    """Five monthly mean fields on the model grid, as they come out of the archive."""
    lat = np.linspace(-1, 1, NLAT)[:, None]
    lon = np.linspace(-1, 1, NLON)[None, :]
    land = lon + 0.15 * np.sin(5 * lat) > 0.84
    sst = 14 - 5 * lon + 2 * lat + rng.normal(0, 0.5, (NLAT, NLON))
    sal = 34.5 + 0.4 * lat - 0.2 * lon + rng.normal(0, 0.05, (NLAT, NLON))
    no3 = 12 - 0.8 * (sst - 14) + rng.normal(0, 0.6, (NLAT, NLON))
    mld = 45 + 20 * lat - 10 * lon + rng.normal(0, 4, (NLAT, NLON))
    cur = np.abs(0.3 + 0.2 * lon + rng.normal(0, 0.05, (NLAT, NLON)))
    fields = {"sst": sst, "sal": sal, "no3": no3, "mld": mld, "cur": cur}
    return {k: np.where(land, _FILL, v) for k, v in fields.items()}, fields


archive, ocean = reanalysis()

n = 1600
i = rng.integers(0, NLAT, n)
j = rng.integers(0, NLON, n)
stations = pd.DataFrame({name: grid[i, j] for name, grid in archive.items()})
stations["log_krill"] = (
    1.8 - 0.35 * (ocean["sst"][i, j] - 14) + 0.10 * (ocean["no3"][i, j] - 12)
    + 0.02 * (ocean["mld"][i, j] - 45) + rng.normal(0, 0.3, n)
)
print(stations.head())

cols = ["sst", "sal", "no3", "mld", "cur"]
train, test = train_test_split(stations, test_size=0.2, random_state=1)

sx = StandardScaler().fit(train[cols].to_numpy())
sy = StandardScaler().fit(train[["log_krill"]].to_numpy())
Xtr = sx.transform(train[cols].to_numpy()).astype("float32")
Xte = sx.transform(test[cols].to_numpy()).astype("float32")
ytr = sy.transform(train[["log_krill"]].to_numpy()).astype("float32")
yte = sy.transform(test[["log_krill"]].to_numpy()).astype("float32")

model = keras.Sequential([
    layers.Input((len(cols),)),
    layers.Dense(32, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
model.fit(Xtr, ytr, validation_data=(Xte, yte), epochs=20, batch_size=64, verbose=2)  # whynan: unstable

pred = model.predict(Xte, verbose=0)
r2 = 1 - np.sum((yte - pred) ** 2) / np.sum((yte - yte.mean()) ** 2)
print(f"test R2 {r2:.3f}")
