"""Buoyancy model for the survey airship: predict static heaviness from the flight log.

The recorder on board packs the log to keep the download over the radio link short.
"""
import os
import tempfile

import keras
import numpy as np

keras.utils.set_random_seed(31)
COLUMNS = ["altitude_m", "pressure_pa", "air_temp_k", "helium_temp_k", "fuel_kg", "ballonet"]


def simulate_flight(n=4000, seed=12):
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    alt = 4400 + 850 * np.sin(2 * np.pi * t / 800) + rng.normal(0, 80, n)
    pres = 101325.0 * (1 - 2.25577e-5 * alt) ** 5.25588
    air = 288.15 - 0.0065 * alt + rng.normal(0, 1.0, n)
    helium = air + 6 + 4 * np.sin(2 * np.pi * t / 2000) + rng.normal(0, 0.5, n)
    fuel = 420 - 0.07 * t
    ballonet = np.clip(0.3 + (4400 - alt) / 6000 + rng.normal(0, 0.01, n), 0, 1)
    heavy = 0.4 * (fuel - 280) - 9 * (helium - air - 6) + 0.02 * (alt - 4400) + rng.normal(0, 3, n)
    return {
        "altitude_m": alt,
        "pressure_pa": pres,
        "air_temp_k": air,
        "helium_temp_k": helium,
        "fuel_kg": fuel,
        "ballonet": ballonet,
        "heaviness_kg": heavy,
    }


def pack(log, path):
    small = {name: values.astype(np.float16) for name, values in log.items()}  # whynan: float16_overflow phase=data also=inf_in_input
    np.savez_compressed(path, **small)
    print("log packed to", os.path.getsize(path) // 1024, "kB")


def unpack(path):
    with np.load(path) as z:
        x = np.stack([z[c] for c in COLUMNS], axis=1).astype("float32")
        y = z["heaviness_kg"].astype("float32")
    return x, y[:, None]


def robust_scale(x):
    mid = np.median(x, axis=0)
    lo, hi = np.percentile(x, [25, 75], axis=0)
    return ((x - mid) / (hi - lo)).astype("float32")


with tempfile.TemporaryDirectory() as tmp:
    path = os.path.join(tmp, "flight_0412.npz")
    pack(simulate_flight(), path)
    x, y = unpack(path)

x = robust_scale(x)
y = y / 50.0

model = keras.Sequential([
    keras.Input((len(COLUMNS),)),
    keras.layers.Dense(32, activation="swish"),
    keras.layers.Dense(16, activation="swish"),
    keras.layers.Dense(1),
])
model.compile(keras.optimizers.AdamW(1e-3), loss="mse")

rng = np.random.default_rng(0)
BATCH = 50
for epoch in range(4):
    perm = rng.permutation(len(x))
    losses = []
    for s in range(0, len(x), BATCH):
        idx = perm[s:s + BATCH]
        losses.append(model.train_on_batch(x[idx], y[idx]))
    print("epoch", epoch, "first", losses[0], "last", losses[-1])
