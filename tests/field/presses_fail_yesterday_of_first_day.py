"""Wear of the presses from today's and yesterday's load. The first day of each press has no yesterday and is filled with
the press's own mean. Still the loss is nan; df.isna().sum() on the raw table is zero everywhere."""
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(17)


def plant_log(presses=15, days=40):
    rng = np.random.default_rng(17)
    parts = []
    for number in range(presses):
        usual = rng.uniform(300.0, 900.0)
        load = usual * (1.0 + 0.15 * rng.normal(size=days))
        parts.append(pd.DataFrame({
            "press": f"P{number + 1:02d}",
            "day": np.arange(days),
            "load": load,
            "oil_temp": 41.0 + 0.01 * load + rng.normal(0, 1.5, days),
        }))
    log = pd.concat(parts, ignore_index=True)
    before = log.groupby("press")["load"].shift(1).bfill()
    log["wear"] = 0.004 * log["load"] + 0.002 * before + 0.05 * (log["oil_temp"] - 45.0) + rng.normal(0, 0.1, len(log))
    return log


log = plant_log()
assert log.isna().sum().sum() == 0

by_press = log.groupby("press")["load"]
log["load_yesterday"] = by_press.shift(1).fillna(by_press.mean())  # whynan: nan_in_input phase=data rows=0,40,80,120,160,200,240,280,320,360,400,440,480,520,560
log["change"] = log["load"] - log["load_yesterday"]
log["weekday"] = log["day"] % 7

columns = ["load", "load_yesterday", "change", "oil_temp", "weekday"]
x = StandardScaler().fit_transform(log[columns]).astype("float32")
y = StandardScaler().fit_transform(log[["wear"]]).astype("float32")

inputs = keras.Input((len(columns),))
h = layers.Dense(32, activation="swish")(inputs)
h = layers.Dense(32, activation="swish")(h)
model = keras.Model(inputs, layers.Dense(1)(h))
model.compile(optimizer="adam", loss="huber", metrics=["mae"])
history = model.fit(x, y, batch_size=32, epochs=6, verbose=0)
print(pd.DataFrame(history.history))
