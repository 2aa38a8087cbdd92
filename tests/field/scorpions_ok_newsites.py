"""Scorpions found per night under UV light, from the weather of the night.

Weather is taken relative to the site (each site has its own cheap station, the offsets
are useless), and we validate on sites the model has never seen.
"""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(72)
rng = np.random.default_rng(72)

WEATHER = ["temp", "humidity", "wind", "moon"]

nights = {f"wadi{i:02d}": int(rng.integers(90, 150)) for i in range(12)}
nights.update({"dune": 70, "quarry": 55, "camp": 1})       # visited this year only

frames = []
for site, n in nights.items():
    frame = pd.DataFrame({
        "site": site,
        "temp": rng.normal(26 + rng.normal(0, 2), 4, n),
        "humidity": rng.normal(30 + rng.normal(0, 5), 9, n).clip(3, 95),
        "wind": rng.weibull(1.8, n) * 4,
        "moon": rng.random(n),
    })
    frames.append(frame)
df = pd.concat(frames, ignore_index=True)

activity = (1.9 + 0.13 * (df.temp - 26) - 0.07 * df.wind - 0.9 * df.moon
            + 0.01 * (df.humidity - 30) - 0.004 * (df.temp - 26) ** 2)
df["found"] = rng.poisson(np.exp(activity))


def relative(block):
    return (block - block.mean()) / block.std()


df[WEATHER] = df.groupby("site")[WEATHER].transform(relative)
df["y"] = np.log1p(df.found)

new_site = df.site.isin(["dune", "quarry", "camp"])
train, valid = df[~new_site], df[new_site]
y_mean = train.y.mean()

x_train = train[WEATHER].to_numpy("float32")
y_train = (train.y - y_mean).to_numpy("float32")
x_valid = valid[WEATHER].to_numpy("float32")
y_valid = (valid.y - y_mean).to_numpy("float32")
print(len(x_train), "nights to train,", len(x_valid), "to validate")

model = keras.Sequential([
    keras.Input((len(WEATHER),)),
    layers.Dense(32, activation="tanh"),
    layers.Dense(16, activation="tanh"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
history = model.fit(  # whynan: side_nonfinite
    x_train, y_train,
    validation_data=(x_valid, y_valid),
    batch_size=32,
    epochs=15,
    verbose=2,
)

print("mse of the plain mean:", float(np.var(y_train)))
print("train mse by epoch:", np.round(history.history["loss"], 3))
print("validation mse at the end:", history.history["val_loss"][-1])
