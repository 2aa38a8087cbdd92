"""Daily visitors of the municipal skate park: two weeks of history -> tomorrow.

Recipe for optimizer and decay copied over from my word-level language model.
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)

HISTORY = 14
BATCH = 32
LR = 5.0
DECAY = 0.95
EPOCHS = 6


def make_days(n=1600):
    dates = pd.date_range("2019-01-01", periods=n, freq="D")
    season = np.sin(2 * np.pi * (dates.dayofyear.to_numpy() - 100) / 365.25)
    weekend = (dates.dayofweek.to_numpy() >= 5).astype(float)
    temp = 11 + 9 * season + rng.normal(0, 3, n)
    rain = rng.gamma(0.6, 4.0, n) * (rng.random(n) < 0.4)
    visitors = 60 + 3.2 * temp + 45 * weekend - 4 * np.minimum(rain, 15)
    visitors = np.maximum(visitors + rng.normal(0, 10, n), 0).round()
    return pd.DataFrame(
        {"temp": temp, "rain": rain, "weekend": weekend, "visitors": visitors},
        index=dates,
    )


df = make_days()
z = (df - df.mean()) / df.std()

values = z.to_numpy("float32")
X = np.stack([values[i:i + HISTORY] for i in range(len(values) - HISTORY)])
y = values[HISTORY:, 3:4]

cut = int(0.85 * len(X))
X_train, y_train = X[:cut], y[:cut]
X_val, y_val = X[cut:], y[cut:]
print("train", X_train.shape, "val", X_val.shape, "target std", y_train.std().round(3))

net = keras.Sequential(
    [
        keras.Input((HISTORY, X.shape[-1])),
        layers.GRU(48),
        layers.Dropout(0.1),
        layers.Dense(1),
    ]
)

steps = int(np.ceil(len(X_train) / BATCH))
schedule = keras.optimizers.schedules.ExponentialDecay(
    LR, decay_steps=steps, decay_rate=DECAY, staircase=True
)
net.compile(
    optimizer=keras.optimizers.SGD(schedule),
    loss="mse",
    metrics=["mae"],
)

log = net.fit(X_train, y_train, batch_size=BATCH, epochs=EPOCHS, verbose=2)  # whynan: learning_rate_too_high phase=forward|loss|gradient|update
print("val:", net.evaluate(X_val, y_val, verbose=0))
