"""Melt pressure of a twin screw extruder.

The line runs one recipe per campaign. After each campaign the twin is
trained a little further, starting from the weights of the last one.
"""
import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(380)
rng = np.random.default_rng(380)

RECIPES = {
    "PP natural": (0.0, [0.9, -0.5, 0.3, 0.1]),
    "PA66 GF30": (5.0, [1.4, -0.9, 0.5, -0.2]),
    "TPE soft": (-4.0, [0.4, -0.3, 0.2, 0.3]),
    "PC flame": (6.0, [1.7, -1.2, 0.1, 0.0]),
    "PE recycled": (-3.0, [0.7, -0.6, 0.6, 0.5]),
}


def campaign_log(offset, slope, n=1600):
    log = pd.DataFrame({
        "screw_rpm": rng.normal(280, 40, n),
        "barrel_c": rng.normal(235, 12, n),
        "moisture_ppm": rng.gamma(4, 60, n),
        "throughput_kg_h": rng.normal(410, 55, n),
    })
    still = rng.random(n) < 0.03
    log.loc[still, "throughput_kg_h"] = 0.0
    log["power_kw"] = 0.25 * log.screw_rpm + rng.normal(0, 2, n)
    log["energy_kwh_kg"] = log.power_kw / log.throughput_kg_h
    log["torque_nm"] = np.where(rng.random(n) < 0.8, np.nan, 900 + 40 * rng.normal(size=n))
    z = np.stack([
        (log.screw_rpm - 280) / 40,
        (log.barrel_c - 235) / 12,
        (log.moisture_ppm - 240) / 120,
        (log.throughput_kg_h - 410) / 55,
    ], 1)
    log["pressure"] = offset + z @ np.array(slope) + 0.3 * np.sin(z[:, 0] * z[:, 1]) + rng.normal(0, 0.08, n)
    return log


def tables(log):
    running = log[log.throughput_kg_h > 0]
    x = np.stack([
        (running.screw_rpm - 280) / 40,
        (running.barrel_c - 235) / 12,
        (running.moisture_ppm - 240) / 120,
        (running.throughput_kg_h - 410) / 55,
    ], 1)
    return x.astype("float32"), running.pressure.to_numpy("float32")


twin = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(1),
])
twin.compile(optimizer=keras.optimizers.Adam(4e-3), loss="mse", metrics=["mae"])

history = []
for recipe, (offset, slope) in RECIPES.items():
    log = campaign_log(offset, slope)
    print(f"== {recipe}")
    print(log[["throughput_kg_h", "energy_kwh_kg", "torque_nm", "pressure"]].agg(["mean", "min", "max", "count"]))
    x, y = tables(log)
    before = twin.evaluate(x, y, verbose=0)[0]
    h = twin.fit(x, y, epochs=10, batch_size=32, verbose=0)  # whynan: side_nonfinite
    print("loss by epoch:", [round(v, 3) for v in h.history["loss"]])
    history.append((recipe, before, h.history["loss"][0], h.history["loss"][-1]))

print(pd.DataFrame(history, columns=["recipe", "before", "first epoch", "last epoch"]).to_string(index=False))
