"""Does a first-time customer of the barbershop chain come back within 8 weeks?"""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
BATCH = 50


def bookings(n=2000):
    start = pd.Timestamp("2023-02-01 09:00") + pd.to_timedelta(rng.integers(0, 700 * 24 * 60, n), unit="min")
    df = pd.DataFrame({
        "start": start,
        "age": rng.integers(16, 80, n),
        "waited_min": rng.gamma(2.0, 6.0, n).round(),
        "paid": rng.choice([24, 29, 35, 48], n),
        "rating": rng.choice([2, 3, 4, 5], n, p=[0.15, 0.2, 0.3, 0.35]),
        "walk_in": rng.integers(0, 2, n),
    })
    z = 1.6 * (df["rating"] - 3.85) - 0.09 * (df["waited_min"] - 12) - 0.6 * df["walk_in"] + 0.3
    df["returned"] = (rng.random(n) < 1 / (1 + np.exp(-1.5 * z))).astype(int)
    return df


df = bookings()
print("share returning:", df["returned"].mean())

df["when"] = df["start"].apply(lambda t: t.timestamp())
df["rating"] = df["rating"] - df["rating"].mean()
df["waited_min"] = df["waited_min"] / 10.0
df["paid"] = df["paid"] / 30.0
df["age"] = df["age"] / 50.0

FEATURES = ["when", "age", "waited_min", "paid", "rating", "walk_in"]
x = df[FEATURES].to_numpy("float32")
y = df["returned"].to_numpy("float32")[:, None]
x_train, y_train, x_val, y_val = x[:1600], y[:1600], x[1600:], y[1600:]


def batches():
    while True:
        order = rng.permutation(len(x_train))
        for i in range(0, len(order), BATCH):
            pick = order[i:i + BATCH]
            yield x_train[pick], y_train[pick]


model = keras.Sequential([
    layers.Input((len(FEATURES),)),
    layers.Dense(24, activation="tanh"),
    layers.Dense(12, activation="tanh"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy"])

model.fit(batches(), steps_per_epoch=len(x_train) // BATCH, epochs=14,
          validation_data=(x_val, y_val), verbose=2)  # whynan: unstable

p = model.predict(x_val, verbose=0).ravel()
print("predicted share %.3f, spread between customers %.6f" % (p.mean(), p.std()))
